/// Text in which `*` stands for any text, also for none; `\*` and `\\` are the characters themselves.
struct WildcardPattern: Hashable, Sendable {
    /// What stands between the asterisks: one more piece than there are asterisks.
    let pieces: [[UInt8]]

    /// Reads one; the places of errors count from the quotation mark, as the reference engine's do.
    init(parsing text: [UInt8]) throws(PatternFlaw) {
        var pieces: [[UInt8]] = [[]]
        var place = 0
        while place < text.count {
            let byte = text[place]
            let next = place + 1 < text.count ? text[place + 1] : 0
            if byte == UInt8(ascii: "*") {
                guard next != UInt8(ascii: "*") else { throw .consecutiveWildcards(place: place + 1) }
                pieces.append([])
            } else if byte == UInt8(ascii: "\\") {
                guard next == UInt8(ascii: "*") || next == UInt8(ascii: "\\") else {
                    throw .badWildcardEscape(place: place + 1)
                }
                pieces[pieces.count - 1].append(next)
                place += 1
            } else {
                pieces[pieces.count - 1].append(byte)
            }
            place += 1
        }
        self.pieces = pieces
    }

    /// Whether a text matches; takes time in proportion to both lengths multiplied, at worst.
    func matches(_ value: Span<UInt8>) -> Bool {
        var start = 0
        for (number, piece) in pieces.enumerated() {
            let isLast = number == pieces.count - 1
            if number == 0 {
                guard Self.stands(piece, in: value, at: 0), !isLast || piece.count == value.count else { return false }
                start = piece.count
            } else if isLast {
                return value.count - piece.count >= start
                    && Self.stands(piece, in: value, at: value.count - piece.count)
            } else {
                while !Self.stands(piece, in: value, at: start) {
                    start += 1
                    guard start + piece.count <= value.count else { return false }
                }
                start += piece.count
            }
        }
        return true
    }

    private static func stands(_ piece: [UInt8], in value: Span<UInt8>, at place: Int) -> Bool {
        guard place >= 0, place + piece.count <= value.count else { return false }
        for offset in 0..<piece.count where value[place + offset] != piece[offset] { return false }
        return true
    }
}
