import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Looks names up as the host does, on threads of its own, for a bounded time, and remembers answers for a little while.
///
/// A look-up that hangs keeps its thread and its asker's turn, but neither its caller, who is told after the timeout, nor
/// more memory than the bound on names allows.
package final class SystemResolver: Sendable {
    package typealias Query = @Sendable (HostName) -> [IPAddress]

    private let threads: NIOThreadPool
    private let timeout: TimeAmount
    private let query: Query
    private let state: Mutex<ResolverState>

    /// Starts its threads; `query` blocks, and is the C library's unless a test has its own.
    package init(
        threads count: Int = 16, timeout: TimeAmount = .seconds(5), freshness: TimeAmount = .seconds(10),
        query: @escaping Query = SystemResolver.ask
    ) {
        threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
        self.timeout = timeout
        self.query = query
        state = Mutex(ResolverState(freshness: freshness))
    }

    /// What ways out are given.
    package var resolver: NameResolver { NameResolver { self.addresses(of: $0, for: $1, on: $2) } }

    /// Ends the threads, when nothing is resolved any more.
    package func shutdown() async throws { try await threads.shutdownGracefully() }

    private func addresses(
        of name: HostName, for usage: EgressUsage, on loop: any EventLoop
    ) -> EventLoopFuture<[IPAddress]> {
        let promise = loop.makePromise(of: [IPAddress].self)
        let step = state.withLock { $0.ask(name, promise, by: ObjectIdentifier(usage), now: .now()) }
        switch step {
        case .known(let addresses): Self.complete(promise, addresses)
        case .busy: promise.fail(ResolutionError.busy)
        case .wait: fail(promise, of: name, on: loop)
        case .start:
            fail(promise, of: name, on: loop)
            submit(name)
        }
        return promise.futureResult
    }

    private func submit(_ name: HostName) {
        threads.submit { [self] _ in
            let addresses = query(name)
            let (waiters, next) = state.withLock { $0.answered(name, addresses, now: .now()) }
            if let next { submit(next) }
            for waiter in waiters { Self.complete(waiter, addresses) }
        }
    }

    /// Gives up waiting after the timeout; a promise that is kept by then stays as it is.
    private func fail(_ promise: EventLoopPromise<[IPAddress]>, of name: HostName, on loop: any EventLoop) {
        let clock = loop.scheduleTask(in: timeout) { promise.fail(ResolutionError.timeout) }
        promise.futureResult.whenComplete { _ in clock.cancel() }
    }

    private static func complete(_ promise: EventLoopPromise<[IPAddress]>, _ addresses: [IPAddress]) {
        if addresses.isEmpty { promise.fail(ResolutionError.notFound) } else { promise.succeed(addresses) }
    }

    /// Asks the C library for the addresses of a name, which is not the text of an address.
    package static let ask: Query = { name in
        // SAFETY: the hints hold no pointer but null.
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        // SAFETY: the text ends in a zero, and the call writes the one pointer that it is given.
        guard unsafe getaddrinfo(name.text, nil, &hints, &list) == 0 else { return [] }
        // SAFETY: the list is ours until it is freed here, once.
        defer { unsafe freeaddrinfo(list) }
        return unsafe addresses(list)
    }

    /// Where the address lies in a `sockaddr_in` and in a `sockaddr_in6`.
    private static let inSockaddr4 = 4..<8
    private static let inSockaddr6 = 8..<24

    private static func addresses(_ list: UnsafeMutablePointer<addrinfo>?) -> [IPAddress] {
        var addresses: [IPAddress] = []
        var next = unsafe list
        // SAFETY: each entry is valid until the list is freed, and its address has as many bytes as it says.
        while let entry = unsafe next {
            let bytes = unsafe UnsafeRawBufferPointer(
                start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
            let place: Range<Int>? =
                switch unsafe entry.pointee.ai_family {
                case AF_INET: inSockaddr4
                case AF_INET6: inSockaddr6
                default: nil
                }
            if let place, place.upperBound <= bytes.count,
                let address = unsafe IPAddress(bytes: bytes[place])
            {
                addresses.append(address)
            }
            // SAFETY: the entry is valid, and so is the next, or null.
            unsafe next = unsafe entry.pointee.ai_next
        }
        return addresses
    }
}
