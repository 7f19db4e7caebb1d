import Core
import Testing

@testable import Platform

@Suite struct LogBufferTests {
    private func event(_ size: Int) -> LogEvent {
        LogEvent(
            time: Instant(milliseconds: 0), ingested: Instant(milliseconds: 0),
            message: .init(repeating: 0, count: size))
    }

    private func stream(_ name: String) throws -> LogStreamID {
        LogStreamID(
            group: LogGroupID(account: .standard, name: try LogGroupName("g")), name: try LogStreamName(name))
    }

    @Test func `room that was handed out is free only after it is released`() throws {
        var buffer = LogBufferState(limit: 1000, streamLimit: 1000)
        buffer.add(event(900), to: try stream("a"))
        buffer.add(event(900), to: try stream("b"))
        let drained = buffer.drain()
        #expect(buffer.isEmpty)
        #expect(buffer.dropped == 1)
        buffer.add(event(900), to: try stream("b"))
        #expect(buffer.dropped == 2)
        for lines in drained.values { buffer.release(lines) }
        #expect(buffer.bytes == 0)
        buffer.add(event(900), to: try stream("b"))
        #expect(buffer.dropped == 2)
    }

    @Test func `lines that come back stand before those that came since`() throws {
        var buffer = LogBufferState(limit: 10_000, streamLimit: 1000)
        let id = try stream("a")
        buffer.add(event(1), to: id)
        buffer.add(event(5000), to: id)
        let first = try #require(buffer.drain()[id])
        buffer.add(event(2), to: id)
        buffer.putBack(first, for: id)
        let all = try #require(buffer.drain()[id])
        #expect(all.events.map(\.message.count) == [1, 2])
        #expect(all.dropped == 1)
        buffer.giveUp(all)
        #expect(buffer.bytes == 0)
        #expect(buffer.dropped == 3)
    }
}
