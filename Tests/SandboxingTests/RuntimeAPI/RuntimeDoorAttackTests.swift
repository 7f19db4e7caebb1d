import NIOCore
import NIOEmbedded
import Testing

@testable import Sandboxing

/// What a hostile function could do to the host at its sandbox's door.
@Suite struct RuntimeDoorAttackTests {
    private static let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n"

    /// One connection of a sandbox, and the requests that came of it.
    private final class Peer {
        let channel = EmbeddedChannel()
        private(set) var connection: RuntimeConnection?
        private(set) var requests: [RuntimeRequest] = []

        init(among connections: RuntimeConnections = RuntimeConnections()) throws {
            let owner = RuntimeConnection.Owner(
                request: { [unowned self] request, connection in
                    requests.append(request)
                    if request == .unknown { connection.answer(.unknown) }
                }, closed: { _ in }, handOver: { $0.eventLoop.makeSucceededVoidFuture() })
            let connection = RuntimeConnection(owner: owner, among: connections)
            try channel.pipeline.syncOperations.addHandler(connection)
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 9001), promise: nil)
            self.connection = connection
        }

        func say(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

        func answers() throws -> String {
            var text = ""
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
            return text
        }

        /// Whether the host has closed it, at the latest when its farewell is over.
        func isEnded() -> Bool {
            channel.embeddedEventLoop.advanceTime(by: .seconds(10))
            return !channel.isActive
        }
    }

    /// Counts how often the channel is told to read.
    private final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        private(set) var count = 0

        func read(context: ChannelHandlerContext) {
            count += 1
            context.read()
        }
    }

    @Test func `nothing is kept of what comes behind a malformed request`() throws {
        let peer = try Peer()
        try peer.say("GET /2018-06-01/ nonsense\r\n\r\n")
        for _ in 0..<64 { try peer.say(String(repeating: "x", count: 65_536)) }
        #expect(try peer.answers().hasPrefix("HTTP/1.1 400 "))
        #expect(peer.connection?.held == 0 && peer.isEnded())
    }

    @Test func `who does not read its answers is not read from`() throws {
        let (peer, reads) = (try Peer(), Reads())
        try peer.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        peer.channel.isWritable = false
        for _ in 0..<3 { peer.channel.read() }
        #expect(reads.count == 0)
        peer.channel.isWritable = true
        peer.channel.pipeline.fireChannelWritabilityChanged()
        #expect(reads.count == 1)
        peer.channel.read()
        #expect(reads.count == 2)
    }

    @Test func `who asks for an event while it waits for one is refused`() throws {
        let peer = try Peer()
        try peer.say(String(repeating: Self.next, count: 1000))
        #expect(peer.requests == [.next])
        #expect(try peer.answers().hasPrefix("HTTP/1.1 400 ") && peer.isEnded())
    }

    @Test func `who asked too early may ask again`() throws {
        let peer = try Peer()
        for _ in 0..<3 {
            try peer.say(Self.next)
            peer.connection?.answer(.invalidTransition)
            #expect(try peer.answers().hasPrefix("HTTP/1.1 403 "))
        }
        #expect(peer.requests == [.next, .next, .next])
    }

    @Test func `a sandbox has no more connections than it may, and who goes makes room`() throws {
        let connections = RuntimeConnections()
        var peers: [Peer] = []
        for _ in 0..<RuntimeConnections.limit { peers.append(try Peer(among: connections)) }
        let allOpen = peers.allSatisfy { $0.channel.isActive }
        #expect(allOpen)
        let refused = try Peer(among: connections)
        #expect(refused.isEnded())
        peers[0].channel.close(promise: nil)
        peers[0].channel.embeddedEventLoop.run()
        #expect(try Peer(among: connections).channel.isActive)
    }

    @Test func `few connections hold answers at a time`() throws {
        let connections = RuntimeConnections()
        var peers: [Peer] = []
        for _ in 0..<RuntimeConnections.runtimeLimit {
            peers.append(try Peer(among: connections))
            try peers.last?.say("POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nContent-Length: 9\r\n\r\n")
        }
        let more = try Peer(among: connections)
        try more.say(Self.next)
        #expect(more.requests.isEmpty && more.isEnded())
        peers[0].channel.close(promise: nil)
        peers[0].channel.embeddedEventLoop.run()
        let next = try Peer(among: connections)
        try next.say(Self.next)
        #expect(next.requests == [.next])
    }
}
