/// A set of Unicode scalars: ranges and general categories, or all but those.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var categories: Set<Unicode.GeneralCategory> = []
    /// Sets that are part of this one, such as a `\W` within brackets.
    var parts: [ScalarSet] = []
    var isNegated = false

    /// Whether the scalar is in the set.
    func contains(_ scalar: UInt32) -> Bool {
        (ranges.contains { $0.contains(scalar) } || (!categories.isEmpty && hasCategory(scalar))
            || parts.contains { $0.contains(scalar) }) != isNegated
    }

    private func hasCategory(_ scalar: UInt32) -> Bool {
        Unicode.Scalar(scalar).map { categories.contains($0.properties.generalCategory) } ?? false
    }

    /// Everything that is not in the set.
    var inverted: ScalarSet {
        var set = self
        set.isNegated.toggle()
        return set
    }

    static let digit = ScalarSet(ranges: [0x30...0x39])
    static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = ScalarSet(ranges: [0x09...0x0D, 0x20...0x20])
    /// What Java's dot matches: everything but the ends of a line.
    static let dot = ScalarSet(ranges: [0x0A...0x0A, 0x0D...0x0D, 0x85...0x85, 0x2028...0x2029], isNegated: true)

    /// The property in `\p{…}`, as far as the models use them.
    static func property(_ name: String) -> ScalarSet? {
        let categories: Set<Unicode.GeneralCategory>
        switch name {
        case "ASCII": return ScalarSet(ranges: [0...0x7F])
        case "L": categories = [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
        case "N": categories = [.decimalNumber, .letterNumber, .otherNumber]
        case "Z": categories = [.spaceSeparator, .lineSeparator, .paragraphSeparator]
        case "Zs": categories = [.spaceSeparator]
        case "M": categories = [.nonspacingMark, .spacingMark, .enclosingMark]
        case "P":
            categories = [
                .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                .finalPunctuation, .otherPunctuation,
            ]
        case "S": categories = [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
        default: return nil
        }
        return ScalarSet(categories: categories)
    }
}
