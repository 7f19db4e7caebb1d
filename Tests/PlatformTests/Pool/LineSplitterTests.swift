import NIOCore
import Testing

@testable import Platform

/// What a function prints becomes events: a line each, or a frame each, whatever a hostile function makes of them.
@Suite struct LineSplitterTests {
    private func frame(_ message: String, type: UInt8 = 0x03, length: UInt32? = nil) -> [UInt8] {
        let count = length ?? UInt32(message.utf8.count)
        let size = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: count >> $0) }
        return [0xa5, 0x5a, 0x00, type] + size + [UInt8](repeating: 7, count: 8) + Array(message.utf8)
    }

    /// The events of bytes that come in one piece, and those left at the end.
    private func events(_ bytes: [UInt8], pieces: Int = .max) -> [String] {
        var splitter = LineSplitter()
        var events: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            events += splitter.split(ByteBuffer(bytes: rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
        }
        return events + (splitter.finish().map { [$0] } ?? [])
    }

    @Test func `a line is an event`() {
        #expect(events(Array("one\n\ntwo\r\nthree".utf8)) == ["one", "", "two\r", "three"])
    }

    @Test func `a frame is one event, however many lines it has`() {
        let bytes = frame("Traceback:\n  one\n  two\n") + Array("plain\n".utf8) + frame("a\nb", type: 0x17) + frame("")
        #expect(events(bytes) == ["Traceback:\n  one\n  two", "plain", "a\nb"])
    }

    @Test func `a frame ends the line before it, and what follows begins another`() {
        #expect(events(Array("begun".utf8) + frame("x\ny") + Array(" ended\n".utf8)) == ["begun", "x\ny", " ended"])
    }

    @Test func `bytes mean the same however they are cut`() {
        let bytes =
            Array("åZ one\n".utf8) + frame("a\nb") + [0xa5, 0x0a, 0xa5, 0xa5, 0x5a, 0x0a] + frame("ü\n", type: 0x0e)
            + [0xa5, 0x5a, 0x00, 0x63, 0x0a] + frame("x", length: 0xffff_ffff) + Array("\nend".utf8)
        let whole = events(bytes)
        #expect(whole.contains("a\nb") && whole.contains("ü") && whole.first == "åZ one" && whole.last == "end")
        for pieces in 1...bytes.count { #expect(events(bytes, pieces: pieces) == whole, "pieces of \(pieces)") }
    }

    @Test func `what announces too much is text`() {
        let found = events(frame("still\nhere\n", length: UInt32(LogFrame.messageLimit + 1)))
        #expect(found.count == 2 && found[0].hasSuffix("still") && found[1] == "here")
    }

    @Test func `an event is never longer than it may be`() {
        let long = String(repeating: "y", count: 700_000)
        for found in [events(Array(long.utf8)), events(frame(long)), events(frame(long), pieces: 4096)] {
            #expect(found.map(\.utf8.count).allSatisfy { $0 <= LineSplitter.lineLimit })
            #expect(found.joined() == long)
        }
    }

    @Test func `a frame that never ends is what there is of it`() {
        #expect(events(frame("half", length: 100)) == ["half"])
        #expect(events(Array("a".utf8) + [0xa5, 0x5a]) == ["a\u{FFFD}Z"])
    }

    @Test func `random bytes lose nothing but heads and line feeds, and are done with at once`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let letters: [UInt8] = [0xa5, 0x5a, 0x00, 0x03, 0x0a, 0x41]
            let bytes = (0..<2000).map { _ in letters.randomElement(using: &random) ?? 0 }
            let whole = events(bytes)
            #expect(events(bytes, pieces: 7) == whole)
            #expect(whole.allSatisfy { $0.utf8.count <= 3 * bytes.count })
        }
    }

    @Test(arguments: [[0xa5], [0xa5, 0x5a, 0x00], [0xa5, 0x5a, 0x00, 0x03, 0xff], [0x0a]] as [[UInt8]])
    func `what looks like many heads costs no more than text`(mark: [UInt8]) {
        let marks = Array(repeatElement(mark, count: (1 << 16) / mark.count).joined())
        let clock = ContinuousClock()
        #expect(clock.measure { _ = events(marks, pieces: 65_536) } < .seconds(20), "time grows with the square")
    }

    @Test(arguments: [1000, 65_536, 1 << 20])
    func `a line longer than an event is cut even where its end arrives with it`(pieces: Int) {
        let limit = LineSplitter.lineLimit
        let found = events(Array((String(repeating: "a", count: 2 * limit + 5) + "\nb").utf8), pieces: pieces)
        #expect(found.map(\.utf8.count) == [limit, limit, 5, 1])
        let exact = events(Array((String(repeating: "a", count: limit) + "\nb\n").utf8), pieces: pieces)
        #expect(exact.map(\.utf8.count) == [limit, 1])
    }
}
