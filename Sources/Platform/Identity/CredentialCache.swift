/// The credentials that were used lately: the data plane asks here and never waits.
///
/// A key that is not here is loaded once (`Identity.load`), also to learn that it does not exist. Bounded: what was
/// not used for long is forgotten.
package final class CredentialCache: Sendable {
    /// What is known of an access key.
    package enum Lookup: Sendable {
        case known(Credential)
        /// It was looked for and is not there.
        case absent
        /// Nobody looked lately.
        case unloaded
    }

    private let known: LatelyRead<AccessKeyID, Credential?>

    /// Makes an empty cache; what another server changed of a key is seen when it is trusted no longer.
    package init(trust: Duration = .seconds(5)) { known = LatelyRead(limit: 4096, trust: trust) }

    /// Counts what was taken away or replaced; whoever derived something from a credential starts over when it changes.
    package var generation: UInt64 { known.changes }

    /// What is known of a key.
    package subscript(id: AccessKeyID) -> Lookup {
        switch known[id] {
        case .some(.some(let credential)): .known(credential)
        case .some(.none): .absent
        case .none: .unloaded
        }
    }

    /// Remembers what loading a key has shown; `nil` says that there is none.
    ///
    /// What was loaded before a change is not kept: `generation` is the one before the load began.
    package func insert(_ credential: Credential?, for id: AccessKeyID, ifUnchangedSince generation: UInt64) {
        known.keep(credential, for: id, ifUnchangedSince: generation)
    }

    /// Forgets a key that was made, changed or deleted, before that is acknowledged.
    package func forget(_ id: AccessKeyID) { known.forget(id) }
}
