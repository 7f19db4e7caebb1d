import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Egress

struct ResolverTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func ask(_ resolver: SystemResolver, _ name: String) async throws -> [IPAddress] {
        try await resolver.resolver.addresses(HostName(name), loop).get()
    }

    @Test func `one answer serves all who ask within seconds`() async throws {
        let count = Mutex(0)
        let resolver = SystemResolver(freshness: .hours(1)) { _ in
            count.withLock { $0 += 1 }
            return [.v4(1)]
        }
        for _ in 0..<5 { #expect(try await ask(resolver, "a.b") == [.v4(1)]) }
        #expect(count.withLock { $0 } == 1)
        try await resolver.shutdown()
    }

    @Test func `a look-up that hangs is given up`() async throws {
        let release = Flag()
        let resolver = SystemResolver(threads: 1, timeout: .milliseconds(100)) { _ in
            release.wait()
            return [.v4(1)]
        }
        await #expect(throws: ResolutionError.timeout) { try await ask(resolver, "a.b") }
        release.set()
        try await resolver.shutdown()
    }

    @Test func `a name without addresses is not found`() async throws {
        let resolver = SystemResolver { _ in [] }
        await #expect(throws: ResolutionError.notFound) { try await ask(resolver, "a.b") }
        try await resolver.shutdown()
    }

    @Test func `the system knows itself`() async throws {
        let resolver = SystemResolver()
        let addresses = try await ask(resolver, "localhost")
        #expect(!addresses.isEmpty && addresses.allSatisfy { $0.kind == .loopback })
        try await resolver.shutdown()
    }

    @Test func `what is remembered and waited for is bounded`() throws {
        var state = ResolverState()
        let now = NIODeadline.now()
        func promise() -> EventLoopPromise<[IPAddress]> { loop.makePromise() }
        var promises: [EventLoopPromise<[IPAddress]>] = []
        for number in 0...ResolverState.limit {
            promises.append(promise())
            let step = state.ask(try HostName("h\(number).b"), promises[number], now: now)
            switch step {
            case .start: #expect(number < ResolverState.limit)
            case .busy: #expect(number == ResolverState.limit)
            case .known, .wait: Issue.record("nobody has asked before")
            }
        }
        for promise in promises { promise.succeed([]) }
    }
}

/// Lets a thread wait until a test says so.
private final class Flag: Sendable {
    private let isSet = Mutex(false)

    func set() { isSet.withLock { $0 = true } }

    func wait() { while !isSet.withLock({ $0 }) { sched_yield() } }
}
