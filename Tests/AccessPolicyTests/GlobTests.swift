import Testing

@testable import AccessPolicy

/// The matcher beside a plain one that tries everything.
struct GlobTests {
    @Test func `patterns match what a plain reading of them matches`() {
        var chance = Chance(state: 7)
        let letters: [UInt16] = [0x61, 0x62, 0x3A, Glob.anyRun, Glob.anyRun, Glob.anyOne]
        let texts = ["a", "b", ":", "é", "€"]
        var matched = 0
        for _ in 0..<20_000 {
            let tokens = (0..<(chance.next() % 7)).map { _ in letters[Int(chance.next() % 6)] }
            let text = (0..<(chance.next() % 8)).map { _ in texts[Int(chance.next() % 5)] }.joined()
            let expected = Self.matches(tokens[...], Array(text.utf8)[...])
            #expect(Glob(tokens).matches(text.utf8.span) == expected, "\(tokens) \(text)")
            if expected { matched += 1 }
        }
        #expect(matched > 1000)
    }

    @Test func `ARNs match what a plain reading of them matches`() {
        var chance = Chance(state: 8)
        let letters: [UInt16] = [0x61, ARNGlob.colon, ARNGlob.colon, Glob.anyRun, Glob.anyOne]
        let texts = ["a", ":", ":", "/"]
        var matched = 0
        let prefix = Array("arn:".utf8)
        for _ in 0..<30_000 {
            let tokens = prefix.map { UInt16($0) } + (0..<10).map { _ in letters[Int(chance.next() % 5)] }
            let text = "arn:" + (0..<10).map { _ in texts[Int(chance.next() % 4)] }.joined()
            guard let glob = ARNGlob.glob(tokens) else { continue }
            let expected = Self.arnMatches(tokens, Array(text.utf8))
            #expect(glob.matches(text.utf8.span) == expected, "\(tokens) \(text)")
            if expected { matched += 1 }
        }
        #expect(matched > 100)
    }

    /// Segment by segment before the fifth colon, the rest as a whole; a pattern that ends early ends with a run.
    private static func arnMatches(_ tokens: [UInt16], _ text: [UInt8]) -> Bool {
        let patterns = tokens.split(separator: ARNGlob.colon, maxSplits: 5, omittingEmptySubsequences: false)
        let count = patterns.count
        let segments = text.split(separator: 0x3A, maxSplits: count - 1, omittingEmptySubsequences: false)
        guard segments.count == count else { return false }
        return zip(patterns, segments).enumerated().allSatisfy { place, pair in
            guard place == count - 1, count < 6 else { return matches(pair.0, pair.1) }
            // Only the last run of an early end crosses colons.
            let head = pair.0.dropLast()
            return pair.1.indices.contains { end in
                !pair.1[..<end].contains(0x3A) && matches(head, pair.1[..<end])
            } || !pair.1.contains(0x3A) && matches(head, pair.1)
        }
    }

    private static func matches(_ tokens: ArraySlice<UInt16>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let token = tokens.first else { return text.isEmpty }
        let rest = tokens.dropFirst()
        switch token {
        case Glob.anyRun: return matches(rest, text) || !text.isEmpty && matches(tokens, text.dropFirst())
        case Glob.anyOne:
            guard !text.isEmpty else { return false }
            return matches(rest, text.dropFirst().drop { $0 & 0xC0 == 0x80 })
        default: return text.first.map { UInt16($0) } == token && matches(rest, text.dropFirst())
        }
    }
}
