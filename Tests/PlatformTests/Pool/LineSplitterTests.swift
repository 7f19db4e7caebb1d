import NIOCore
import Testing

@testable import Platform

@Suite struct LineSplitterTests {
    private func lines(_ text: String, pieceSize: Int) -> [String] {
        var splitter = LineSplitter()
        var lines: [String] = []
        for start in stride(from: 0, to: text.utf8.count, by: pieceSize) {
            lines += splitter.split(ByteBuffer(bytes: text.utf8.dropFirst(start).prefix(pieceSize)))
        }
        return lines + (splitter.finish().map { [$0] } ?? [])
    }

    @Test(arguments: [1, 3, 100]) func `lines are the same however their bytes arrive`(pieceSize: Int) {
        #expect(lines("one\n\ntwo\nthree", pieceSize: pieceSize) == ["one", "", "two", "three"])
        #expect(lines("one\n", pieceSize: pieceSize) == ["one"])
    }

    @Test(arguments: [1000, 65_536, 1 << 20])
    func `a line longer than an event is cut even where its end arrives with it`(pieceSize: Int) {
        let limit = LineSplitter.lineLimit
        let found = lines(String(repeating: "a", count: 2 * limit + 5) + "\nb", pieceSize: pieceSize)
        #expect(found.map(\.utf8.count) == [limit, limit, 5, 1])
        let exact = lines(String(repeating: "a", count: limit) + "\nb\n", pieceSize: pieceSize)
        #expect(exact.map(\.utf8.count) == [limit, 1])
    }
}
