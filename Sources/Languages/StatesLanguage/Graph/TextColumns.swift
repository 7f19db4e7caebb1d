/// How many columns of a terminal texts take, and texts that take no more than they may.
enum TextColumns {
    /// The columns of a text; it must be clean.
    static func count(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    /// The text cut to so many columns, with `…` where something is missing.
    static func cut(_ text: String, to columns: Int) -> String {
        var width = 0
        var kept = ""
        var lastFit = ""
        for character in text {
            let next = width + Self.width(character)
            guard next <= columns else { return lastFit + "…" }
            kept.append(character)
            width = next
            if width < columns { lastFit = kept }
        }
        return kept
    }

    /// The text without what would command a terminal, change the direction of writing, or take no place of its own.
    ///
    /// Only the beginning of a long text is kept: nobody reads on.
    static func clean(_ text: String) -> String {
        var clean = ""
        for character in text.prefix(maximumText) {
            if character == "\n" || character == "\r\n" || character == "\t" {
                clean.append(" ")
            } else if character.unicodeScalars.count <= maximumScalars, isVisible(character) {
                clean.append(character)
            } else {
                clean.append("\u{FFFD}")
            }
        }
        return clean
    }

    /// The columns of one character: two for those of East Asia and for pictures.
    static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        if scalar.value < 0x1100 { return 1 }
        let isPicture =
            scalar.properties.isEmojiPresentation || character.unicodeScalars.contains { $0.value == 0xFE0F }
        return isPicture || wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    private static func isVisible(_ character: Character) -> Bool {
        guard let first = character.unicodeScalars.first else { return false }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: return false
        default: break
        }
        return character.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .surrogate, .lineSeparator, .paragraphSeparator, .unassigned: false
            // Joiners belong to pictures of people; everything else of this kind steers.
            case .format: scalar.value == 0x200D && scalar != first
            default: true
            }
        }
    }

    private static let maximumText = 2_000
    private static let maximumScalars = 16

    /// The ranges of wide characters, after UAX #11.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x17000...0x18CFF, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
