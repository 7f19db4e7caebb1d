import Core
import Synchronization

/// What callers' names for functions meant lately, until the function changes; for any thread, without waiting.
///
/// Only the owner of the functions writes here. It forgets a function before it acknowledges a change of it.
package final class ResolvedFunctions: Sendable {
    private struct Place: Hashable {
        let account: AccountID
        let reference: FunctionReference
    }

    private let cache: Mutex<BoundedCache<Place, ResolvedFunction>>

    init(limit: Int) { cache = Mutex(BoundedCache(limit: limit)) }

    /// What a name means, if it is known.
    package subscript(account: AccountID, reference: FunctionReference) -> ResolvedFunction? {
        cache.withLock { $0[Place(account: account, reference: reference)] }
    }

    /// Keeps what a name means.
    func keep(_ function: ResolvedFunction, as reference: FunctionReference, in account: AccountID) {
        cache.withLock { $0[Place(account: account, reference: reference)] = function }
    }

    /// Forgets all that names of a function meant.
    func forget(_ name: FunctionName, in account: AccountID) {
        cache.withLock { $0.removeAll { $0.account == account && $0.reference.name == name } }
    }
}
