/// Text of which each character may also be met in its other case.
///
/// As in the reference engine, a character of the pattern matches its own lower and upper case and nothing else: `ſ`
/// matches `S`, but `s` does not match `ſ`. `folded` is only a way to find candidates.
struct CaselessText: Hashable, Sendable {
    /// The character's two cases, in UTF-8.
    private struct Character: Hashable, Sendable {
        let lower: [UInt8]
        let upper: [UInt8]
    }

    private let characters: [Character]
    /// What every text that matches folds to.
    let folded: [UInt8]
    /// Whether folding alone decides about texts of ASCII characters.
    let isASCII: Bool

    init(_ text: [UInt8]) {
        isASCII = text.allSatisfy { $0 < 0x80 }
        folded = Self.fold(text.span)
        characters = String(decoding: text, as: UTF8.self).unicodeScalars.map { scalar in
            Character(
                lower: Array(scalar.properties.lowercaseMapping.utf8),
                upper: Array(scalar.properties.uppercaseMapping.utf8))
        }
    }

    /// Where the match ends that begins at `start`.
    private func end(in value: Span<UInt8>, from start: Int) -> Int? {
        var place = start
        for character in characters {
            if Self.stands(character.lower, in: value, at: place) {
                place += character.lower.count
            } else if Self.stands(character.upper, in: value, at: place) {
                place += character.upper.count
            } else {
                return nil
            }
        }
        return place
    }

    func equals(_ value: Span<UInt8>) -> Bool { end(in: value, from: 0) == value.count }

    func begins(_ value: Span<UInt8>) -> Bool { end(in: value, from: 0) != nil }

    func ends(_ value: Span<UInt8>) -> Bool {
        var place = value.count
        for character in characters.reversed() {
            if Self.stands(character.lower, in: value, at: place - character.lower.count) {
                place -= character.lower.count
            } else if Self.stands(character.upper, in: value, at: place - character.upper.count) {
                place -= character.upper.count
            } else {
                return false
            }
        }
        return true
    }

    private static func stands(_ part: [UInt8], in value: Span<UInt8>, at place: Int) -> Bool {
        guard place >= 0, place + part.count <= value.count else { return false }
        for offset in 0..<part.count where value[place + offset] != part[offset] { return false }
        return true
    }

    /// One form of all texts that differ in case; ASCII text folds byte by byte.
    static func fold(_ text: Span<UInt8>) -> [UInt8] {
        var folded: [UInt8] = []
        folded.reserveCapacity(text.count)
        var isASCII = true
        for place in text.indices {
            let byte = text[place]
            if byte >= 0x80 {
                isASCII = false
                break
            }
            folded.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
        }
        if isASCII { return folded }
        var bytes: [UInt8] = []
        for place in text.indices { bytes.append(text[place]) }
        folded = []
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            for upper in scalar.properties.uppercaseMapping.unicodeScalars {
                folded += upper.properties.lowercaseMapping.utf8
            }
        }
        return folded
    }
}
