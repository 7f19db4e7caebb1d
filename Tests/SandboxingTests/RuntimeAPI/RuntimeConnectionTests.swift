import Glibc
import NIOCore
import NIOPosix
import Sandboxing
import Synchronization
import Testing

/// Who asks for an event must still be there to get it.
@Suite struct RuntimeConnectionTests {
    private static let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test func `who has gone is seen to be gone before the end of its connection was read`() async throws {
        #expect(try await Self.isAlive(sending: Self.next, closing: true) == false)
    }

    @Test func `who waits is alive, and so is who says more`() async throws {
        #expect(try await Self.isAlive(sending: Self.next, closing: false) == true)
        #expect(try await Self.isAlive(sending: Self.next + Self.next, closing: false) == true)
    }

    /// What is known of a poller at the moment when its request is read.
    private static func isAlive(sending text: String, closing: Bool) async throws -> Bool? {
        let group = MultiThreadedEventLoopGroup.singleton
        let loop = group.next()
        let (answers, answer) = AsyncStream.makeStream(of: Bool.self)
        let server = try await ServerBootstrap(group: loop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let owner = RuntimeConnection.Owner(
                        request: { _, connection in
                            answer.yield(connection.isAlive)
                        }, closed: { _ in }, handOver: { $0.eventLoop.makeSucceededVoidFuture() })
                    try channel.pipeline.syncOperations.addHandler(RuntimeConnection(owner: owner))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        // The server's loop stands still until the client has said all: so its end is there, and not read.
        let client = Mutex<CInt>(-1)
        try await loop.submit {
            client.withLock { $0 = Self.connect(port, saying: text) }
            if closing { client.withLock { _ = close($0) } }
        }.get()
        var first: Bool?
        for await isAlive in answers {
            first = isAlive
            break
        }
        if !closing { client.withLock { _ = close($0) } }
        try await server.close()
        return first
    }

    private static func connect(_ port: Int, saying text: String) -> CInt {
        let raw = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        // SAFETY: the address is whole and lent for the call only.
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let bytes = Array(text.utf8)
        // SAFETY: the bytes are read during the call only.
        _ = unsafe bytes.withUnsafeBytes { unsafe send(raw, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        return raw
    }
}
