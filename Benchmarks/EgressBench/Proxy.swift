import Core
import Egress
import NIOCore
import NIOPosix

/// The way out with one rule for the server of the benchmark and any number beside it.
enum Proxy {
    static func run(upstream: String, rules count: Int, isGoverned: Bool) throws {
        let listed = (1..<max(1, count)).map { number in
            switch number % 3 {
            case 0: #"{"host":"*.zone\#(number).example.com"}"#
            case 1: #"{"host":"host\#(number).example.com"}"#
            default: #"{"host":"10.\#(number / 250).\#(number % 250).0/24"}"#
            }
        }
        let own = [
            #"{"host":"localhost.test","ports":[\#(upstream)],"addresses":["127.0.0.1"],"methods":["GET"],"paths":["/v1/**"]}"#,
            #"{"host":"localhost.test","ports":[\#(upstream)],"addresses":["127.0.0.1"],"speak":["tcp"]}"#,
        ]
        var limits = EgressLimits()
        limits.requestsPerSecond = 10_000_000
        let policy = try EgressPolicy(
            function: try EgressRule.list(parsing: "[" + (listed + own).joined(separator: ",") + "]"), limits: limits)
        let caller = EgressCaller(name: "function", policy: policy, usage: EgressUsage())
        guard let loopback = IPAddress(bytes: [127, 0, 0, 1]) else { throw BenchFailure("no loopback") }
        let other = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
        let surroundings = try EgressSurroundings(
            resolver: NameResolver(fixed: ["localhost.test": [loopback]]), secrets: { _, _ in LeasedSecret([]) },
            gate: { _, _, decide in if isGoverned { other.execute { decide(.open) } } else { decide(.open) } },
            meter: { _, _, counted in if isGoverned { other.execute(counted) } else { counted() } }, record: { _ in })
        let proxy = EgressProxy(surroundings) { caller }
        let listener = try ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
            .childChannelInitializer { proxy.initialize($0) }
            .bind(host: "127.0.0.1", port: 0).wait()
        Child.serve(at: listener.localAddress?.port ?? 0)
    }
}
