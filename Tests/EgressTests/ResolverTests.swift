import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Egress

struct ResolverTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func ask(
        _ resolver: SystemResolver, _ name: String, for usage: EgressUsage = EgressUsage()
    ) async throws -> [IPAddress] {
        try await resolver.resolver.addresses(HostName(name), usage, loop).get()
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

    @Test func `names that are never answered take nobody else's turn`() async throws {
        let release = Flag()
        let resolver = SystemResolver(threads: ResolverState.turns + 1, timeout: .minutes(5)) { name in
            if name.text.hasSuffix(".evil.b") { release.wait() }
            return [.v4(1)]
        }
        let (hostile, other) = (EgressUsage(), EgressUsage())
        var hanging: [EventLoopFuture<[IPAddress]>] = []
        for number in 0..<40 {
            hanging.append(resolver.resolver.addresses(try HostName("h\(number).evil.b"), hostile, loop))
        }
        // What waits in the row of the one is not to wait for the other.
        hanging.append(resolver.resolver.addresses(try HostName("shared.b"), hostile, loop))
        #expect(try await ask(resolver, "shared.b", for: other) == [.v4(1)])
        for number in 0..<5 { #expect(try await ask(resolver, "h\(number).b", for: other) == [.v4(1)]) }
        release.set()
        for answer in hanging { #expect(try await answer.get() == [.v4(1)]) }
        try await resolver.shutdown()
    }

    @Test func `what is remembered and waited for is bounded for each that asks`() throws {
        var state = ResolverState()
        let (one, other) = (EgressUsage(), EgressUsage())
        var promises: [EventLoopPromise<[IPAddress]>] = []
        let most = ResolverState.turns + ResolverState.waitingLimit
        for number in 0...most {
            promises.append(loop.makePromise())
            let step = state.ask(
                try HostName("h\(number).b"), promises[number], by: ObjectIdentifier(one), now: .now())
            switch step {
            case .start: #expect(number < ResolverState.turns)
            case .wait: #expect(number >= ResolverState.turns && number < most)
            case .busy: #expect(number == most)
            case .known: Issue.record("nobody has asked before")
            }
        }
        promises.append(loop.makePromise())
        let step = state.ask(try HostName("other.b"), promises[most + 1], by: ObjectIdentifier(other), now: .now())
        if case .start = step {} else { Issue.record("\(step)") }
        for promise in promises { promise.succeed([]) }
    }
}

/// Lets a thread wait until a test says so.
private final class Flag: Sendable {
    private let isSet = Mutex(false)

    func set() { isSet.withLock { $0 = true } }

    func wait() { while !isSet.withLock({ $0 }) { sched_yield() } }
}
