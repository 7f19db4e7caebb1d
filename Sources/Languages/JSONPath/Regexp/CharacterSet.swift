/// Which characters one place of a regular expression takes.
struct CharacterSet: Hashable, Sendable {
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    /// Names of general categories, `L` or `Lu`, each with whether it is what must not be.
    var categories: [Category] = []
    var isInverted = false

    /// A general category of Unicode, or a group of them.
    struct Category: Hashable, Sendable {
        let name: String
        let isInverted: Bool
    }

    /// Everything except ends of lines.
    static let dot = CharacterSet(ranges: ["\n"..."\n", "\r"..."\r"], isInverted: true)

    /// Whether a character belongs to the set.
    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let isInside =
            ranges.contains { $0.contains(scalar) }
            || categories.contains { category in
                let name = Self.name(of: scalar.properties.generalCategory)
                return name.hasPrefix(category.name) != category.isInverted
            }
        return isInside != isInverted
    }

    /// Whether there is a category, or group of them, of this name.
    static func isCategory(_ name: String) -> Bool {
        ["L", "M", "N", "P", "S", "Z", "C"].contains(name) || names.contains(name)
    }

    private static let names: Set<String> = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn",
    ]

    private static func name(of category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }
}
