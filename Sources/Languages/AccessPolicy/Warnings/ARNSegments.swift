/// Tells whether the segments of an ARN with wildcards can be those of an ARN.
enum ARNSegments {
    /// The first segment that can not.
    static func impossible(in pattern: TextPattern) -> String? {
        if pattern.matchesAll { return nil }
        if pattern.isImpossible { return pattern.text }
        guard pattern.isFixed || pattern.text.utf8.starts(with: "arn:".utf8) else { return nil }
        let segments = pattern.text.utf8.split(
            separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        // A pattern that ends early ends with a run, which may stand for parts of several segments.
        for (place, segment) in segments.enumerated() where segments.count == 6 || place < segments.count - 1 {
            guard canBe(segment, at: place) else { return String(segment) ?? pattern.text }
        }
        return nil
    }

    private static func canBe(_ segment: Substring.UTF8View, at place: Int) -> Bool {
        let isWild = segment.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        let written = segment.filter { $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "?") }
        let isName = written.allSatisfy { $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") }
        switch place {
        case 1: return isName && (isWild || written.starts(with: "aws".utf8))
        case 2: return isName && !segment.isEmpty
        case 3: return isName
        case 4:
            let isAccount = written.allSatisfy { $0 &- 0x30 < 10 } && written.count <= 12
            return segment.isEmpty || segment.elementsEqual("aws".utf8) || isAccount && (isWild || written.count == 12)
        default: return !segment.isEmpty
        }
    }
}
