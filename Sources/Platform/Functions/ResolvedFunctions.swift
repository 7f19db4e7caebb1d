import Core

/// What callers' names for functions meant lately, until the function changes; for any thread, without waiting.
///
/// Only the owner of the functions writes here. It forgets a function before it acknowledges a change of it.
package final class ResolvedFunctions: Sendable {
    private struct Place: Hashable {
        let account: AccountID
        let reference: FunctionReference
    }

    private let known: LatelyRead<Place, ResolvedFunction>

    init(limit: Int, trust: Duration) { known = LatelyRead(limit: limit, trust: trust) }

    /// Counts changes: whoever read while it grew may have read what is old by now.
    var changes: UInt64 { known.changes }

    /// What a name means, if it is known.
    package subscript(account: AccountID, reference: FunctionReference) -> ResolvedFunction? {
        known[Place(account: account, reference: reference)]
    }

    /// Keeps what a name means, unless a function changed since `changes` were counted.
    func keep(
        _ function: ResolvedFunction, as reference: FunctionReference, in account: AccountID,
        ifUnchangedSince changes: UInt64
    ) {
        known.keep(function, for: Place(account: account, reference: reference), ifUnchangedSince: changes)
    }

    /// Forgets all that names of a function meant.
    func forget(_ name: FunctionName, in account: AccountID) {
        known.forget { $0.account == account && $0.reference.name == name }
    }
}
