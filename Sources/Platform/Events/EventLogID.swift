import Core
import Storage

/// Where the events of an archive lie: a log of the store that no other archive ever had, and the key that seals it.
struct EventLogID: Hashable, Sendable {
    let key: KeyName

    var log: LogID { LogID(key.text) }
}
