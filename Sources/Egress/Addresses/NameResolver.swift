import NIOCore

/// Why a name has no address for us.
package enum ResolutionError: String, Error, Sendable {
    case notFound
    case timeout
    case busy
}

/// Finds the addresses of a name, on the host and only there.
///
/// What it finds is judged, and the connection then goes to the judged address: a name that changes its mind between two
/// look-ups (DNS rebinding) gains nothing, because there is no second one.
package struct NameResolver: Sendable {
    /// Looks a name up on behalf of whoever has this in use.
    package typealias Lookup = @Sendable (HostName, EgressUsage, any EventLoop) -> EventLoopFuture<[IPAddress]>
    /// Fails with `ResolutionError`.
    let addresses: Lookup

    /// Takes how names are looked up.
    package init(_ lookup: @escaping Lookup) { addresses = lookup }

    /// Gives fixed answers, for tests and for hosts that are known.
    package init(fixed: [String: [IPAddress]]) {
        addresses = { name, _, loop in
            fixed[name.text].map { loop.makeSucceededFuture($0) } ?? loop.makeFailedFuture(ResolutionError.notFound)
        }
    }
}
