import Core
import Storage
import Vault

/// A queue as messages see it: what it is, where its items lie, and the key that seals them.
package struct Queue: Sendable {
    package let address: QueueAddress
    package let state: QueueState
    /// The name under which its key and its items are kept; no other queue ever had it, of whatever name.
    let incarnation: String
    let key: SealingKey

    package var settings: QueueSettings { state.settings }
    package var isFIFO: Bool { settings.fifo != nil }

    /// Where its items lie.
    var items: QueueID { QueueID(incarnation) }
    var partition: Partition { Partition(account: address.account) }

    func binding(_ use: String) -> Binding {
        Binding(account: address.account, resource: incarnation, use: use)
    }

    func topic() -> Topic { .queue(partition, items) }
}
