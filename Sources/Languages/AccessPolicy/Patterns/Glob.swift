/// A pattern with wildcards, compiled to tokens: a byte stands for itself, four larger values for what matches more.
///
/// Matching never goes back behind the last run it met, so that its cost is at most the text's length times the length
/// of the longest piece between two runs, whatever the pattern.
struct Glob: Hashable, Sendable {
    /// Any bytes, also none.
    static let anyRun: UInt16 = 0x100
    /// Any one character: a byte, and what continues it in UTF-8.
    static let anyOne: UInt16 = 0x101
    /// Any bytes but a colon, also none.
    static let segmentRun: UInt16 = 0x102
    /// Any one character but a colon.
    static let segmentOne: UInt16 = 0x103

    let tokens: [UInt16]
    /// How many bytes a text must have at least.
    private let minimumLength: Int
    /// How many literal bytes the pattern ends with; they are compared first, because they tell names apart soonest.
    private let suffixLength: Int

    /// Takes tokens; a run after a run of the same kind adds nothing and is left out.
    init(_ tokens: [UInt16]) {
        var kept: [UInt16] = []
        kept.reserveCapacity(tokens.count)
        for token in tokens where !(Self.isRun(token) && kept.last == token) { kept.append(token) }
        self.tokens = kept
        minimumLength = kept.count { !Self.isRun($0) }
        suffixLength = kept.reversed().prefix { $0 < 0x100 }.count
    }

    /// Whether only one text matches.
    var isLiteral: Bool { suffixLength == tokens.count }

    /// Whether every text matches.
    var matchesAll: Bool { tokens == [Self.anyRun] }

    private static func isRun(_ token: UInt16) -> Bool { token == anyRun || token == segmentRun }

    /// Whether the whole text matches; with `folding`, tokens are in lower case and the text's case does not matter.
    func matches(_ text: Span<UInt8>, folding: Bool = false) -> Bool {
        guard text.count >= minimumLength, !isLiteral || text.count == minimumLength else { return false }
        let tokens = tokens.span
        let stop = tokens.count - suffixLength
        let end = text.count - suffixLength
        var index = suffixLength - 1
        while index >= 0 {
            if tokens[stop + index] != Self.token(text[end + index], folding) { return false }
            index -= 1
        }
        return Self.matches(text, upTo: end, tokens, tokensUpTo: stop, folding)
    }

    private static func matches(
        _ text: Span<UInt8>, upTo end: Int, _ tokens: Span<UInt16>, tokensUpTo stop: Int, _ folding: Bool
    ) -> Bool {
        var (place, next) = (0, 0)
        var (run, resume) = (-1, 0)
        while place < end {
            if next < stop {
                let token = tokens[next]
                if token == Self.token(text[place], folding) {
                    place += 1
                    next += 1
                    continue
                }
                if isRun(token) {
                    run = next
                    resume = place
                    next += 1
                    continue
                }
                if token == Self.anyOne || token == Self.segmentOne && text[place] != UInt8(ascii: ":") {
                    place = Self.after(place, in: text, upTo: end)
                    next += 1
                    continue
                }
            }
            guard run >= 0, tokens[run] == Self.anyRun || text[resume] != UInt8(ascii: ":") else { return false }
            resume += 1
            place = resume
            next = run + 1
        }
        while next < stop, Self.isRun(tokens[next]) { next += 1 }
        return next == stop
    }

    @inline(__always)
    private static func token(_ byte: UInt8, _ folding: Bool) -> UInt16 {
        UInt16(folding ? Bytes.lowered(byte) : byte)
    }

    /// The place behind the character at `place`.
    private static func after(_ place: Int, in text: Span<UInt8>, upTo end: Int) -> Int {
        var place = place + 1
        while place < end, text[place] & 0xC0 == 0x80 { place += 1 }
        return place
    }
}
