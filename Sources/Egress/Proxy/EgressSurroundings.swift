import NIOCore
import NIOSSL

/// What all ways out of one host process share.
package final class EgressSurroundings: Sendable {
    /// Leases a secret's bytes for one call; what it throws is not passed on.
    package typealias SecretSource = @Sendable (SecretReference, EgressAttempt) async throws -> LeasedSecret
    /// Asked before anything is sent; answers once, on any thread, and keeps `EgressCut` to end the call later.
    package typealias Gate =
        @Sendable (EgressAttempt, EgressCut, _ decide: @escaping @Sendable (EgressGate) -> Void) -> Void
    /// Told how many bytes of an attempt have left since it was told last; answers once, on any thread, when they count.
    package typealias Meter =
        @Sendable (_ attempt: UInt64, _ bytes: Int, _ counted: @escaping @Sendable () -> Void) -> Void
    /// Told of every call when it is over.
    package typealias Recorder = @Sendable (EgressRecord) -> Void

    let resolver: NameResolver
    let tls: NIOSSLContext
    /// The same for what is not HTTP.
    let streamTLS: NIOSSLContext
    let secrets: SecretSource
    let gate: Gate
    let meter: Meter
    let record: Recorder
    let times: EgressTimes

    /// Takes what is shared; `trustRoots` are the system's unless a test has its own, `trustFile` is a PEM file of more.
    package init(
        resolver: NameResolver, trustRoots: NIOSSLTrustRoots = .default, trustFile: String? = nil,
        times: EgressTimes = EgressTimes(),
        secrets: @escaping SecretSource, gate: @escaping Gate = { _, _, decide in decide(.open) },
        meter: @escaping Meter = { _, _, counted in counted() }, record: @escaping Recorder
    ) throws {
        self.resolver = resolver
        self.secrets = secrets
        self.gate = gate
        self.meter = meter
        self.record = record
        self.times = times
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.trustRoots = trustRoots
        if let trustFile { configuration.additionalTrustRoots = [.file(trustFile)] }
        streamTLS = try NIOSSLContext(configuration: configuration)
        configuration.applicationProtocols = ["http/1.1"]
        tls = try NIOSSLContext(configuration: configuration)
    }
}

/// How long things may take that a function or a server could draw out.
package struct EgressTimes: Sendable {
    /// From the first byte of a head to its last.
    package var head = TimeAmount.seconds(10)
    /// Between two pieces of a request's body.
    package var body = TimeAmount.seconds(30)
    /// From the answer to CONNECT to the whole ClientHello.
    package var hello = TimeAmount.seconds(10)
    /// For one address to take the connection.
    package var connect = TimeAmount.seconds(5)
    /// Between two requests on a connection.
    package var keepAlive = TimeAmount.seconds(60)
    /// For the client to read its last answer.
    package var farewell = TimeAmount.seconds(2)

    /// Has the standard values.
    package init() {}

    /// How often the clock is looked at.
    var tick: TimeAmount {
        let shortest = min(head, body, hello, farewell)
        return .nanoseconds(max(10_000_000, min(1_000_000_000, shortest.nanoseconds / 4)))
    }
}
