import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import Egress

/// A way out on a free port of loopback, and what it was told to allow.
struct EgressFixture: Sendable {
    let port: Int
    let records: Records
    let usage: EgressUsage
    let listener: any Channel
    private let assignment: Assignment

    /// Whose sandbox it is, which may change.
    private final class Assignment: Sendable {
        let caller: Mutex<EgressCaller?>

        init(_ caller: EgressCaller?) { self.caller = Mutex(caller) }
    }

    /// What the recorder was told.
    final class Records: Sendable {
        private let list = Mutex<[EgressRecord]>([])

        var all: [EgressRecord] { list.withLock { $0 } }

        func append(_ record: EgressRecord) { list.withLock { $0.append(record) } }

        /// The records, once there are this many.
        func wait(for count: Int) async throws -> [EgressRecord] {
            for _ in 0..<6000 where all.count < count { try await Task.sleep(for: .milliseconds(5)) }
            return all
        }
    }

    /// What differs from a way out with standard values.
    struct Options: Sendable {
        var limits = EgressLimits()
        var times = Options.patient
        var usage = EgressUsage()
        var connectionLimit = EgressProxy.connectionLimit
        var addresses: [String: [IPAddress]] = [:]
        var resolver: NameResolver?
        var secrets: [String: String] = [:]
        var gate: EgressSurroundings.Gate = { _, _, decide in decide(.open) }
        var meter: EgressSurroundings.Meter = { _, _, counted in counted() }
        var trustRoots = NIOSSLTrustRoots.certificates([])
        var isAssigned = true

        /// Time enough on a machine that does ten things at once: a test that is about time says its own.
        private static var patient: EgressTimes {
            var times = EgressTimes()
            times.head = .seconds(60)
            times.body = .seconds(60)
            times.hello = .seconds(60)
            times.connect = .seconds(30)
            return times
        }
    }

    /// Serves rules while `body` runs; `localhost.test` is the loopback address.
    static func with<Result: Sendable>(
        _ rules: String, change: (inout Options) -> Void = { _ in },
        _ body: (EgressFixture) async throws -> Result
    ) async throws -> Result {
        var options = Options()
        options.addresses["localhost.test"] = [.v4(0x7F00_0001)]
        change(&options)
        let records = Records()
        let surroundings = try Self.surroundings(options, records)
        let policy = try EgressPolicy(function: EgressRule.list(parsing: rules), limits: options.limits)
        let caller = EgressCaller(name: "fn", policy: policy, usage: options.usage)
        let assignment = Assignment(options.isAssigned ? caller : nil)
        let proxy = EgressProxy(surroundings, connectionLimit: options.connectionLimit) {
            assignment.caller.withLock { $0 }
        }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { proxy.initialize($0) }
            .bind(host: "127.0.0.1", port: 0).get()
        let fixture = EgressFixture(
            port: listener.localAddress?.port ?? 0, records: records, usage: options.usage, listener: listener,
            assignment: assignment)
        do {
            let result = try await body(fixture)
            try await listener.close()
            return result
        } catch {
            try? await listener.close()
            throw error
        }
    }

    static func surroundings(_ options: Options, _ records: Records) throws -> EgressSurroundings {
        let secrets = options.secrets
        return try EgressSurroundings(
            resolver: options.resolver ?? NameResolver(fixed: options.addresses), trustRoots: options.trustRoots,
            times: options.times,
            secrets: { reference, _ in
                guard let text = secrets[reference.name] else { throw MissingSecret() }
                return LeasedSecret(Array(text.utf8))
            },
            gate: options.gate, meter: options.meter, record: { records.append($0) })
    }

    struct MissingSecret: Error {}

    /// Has other rules hold from now on; with none nobody is in the sandbox any more.
    func assign(_ rules: String?) throws {
        let caller = try rules.map {
            EgressCaller(name: "fn", policy: try EgressPolicy(function: EgressRule.list(parsing: $0)), usage: usage)
        }
        assignment.caller.withLock { $0 = caller }
    }

    /// A connection to the way out.
    func connect() async throws -> TestConnection { try await TestConnection.open(port: port) }

    /// Sends a text on a connection of its own, and gives everything that comes until the other side closes.
    func send(_ text: String) async throws -> String {
        let connection = try await connect()
        connection.send(text)
        return try await connection.end()
    }

    /// Asks for a URL in one request that ends the connection.
    func get(_ url: String, method: String = "GET", headers: String = "") async throws -> String {
        let host = url.split(separator: "/", omittingEmptySubsequences: false)[2]
        return try await send("\(method) \(url) HTTP/1.1\r\nHost: \(host)\r\n\(headers)Connection: close\r\n\r\n")
    }
}
