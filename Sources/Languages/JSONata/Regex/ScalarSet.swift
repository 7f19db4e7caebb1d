/// A class of characters: `[a-z\d]` and the like.
struct ScalarSet: Hashable, Sendable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var isNegated = false
    private var negatedParts: [ScalarSet] = []

    /// Has no members.
    init() {}

    private init(_ ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

    static let digits = ScalarSet([0x30...0x39])
    static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let spaces = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    static let lineEnds = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])

    /// How many steps it takes to look for a member, beside the first.
    var cost: Int { ranges.count / 16 + negatedParts.count }

    /// All others.
    var negated: ScalarSet {
        var negated = self
        negated.isNegated.toggle()
        return negated
    }

    /// Takes in the members of another.
    mutating func formUnion(_ other: ScalarSet) {
        if other.isNegated { negatedParts.append(other) } else { ranges += other.ranges }
    }

    /// Takes in a range.
    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

    /// Whether a scalar is a member.
    func contains(_ scalar: Unicode.Scalar, ignoringCase: Bool = false) -> Bool {
        let isMember =
            includes(scalar) || ignoringCase && Self.variants(of: scalar).contains { includes($0) }
        return isMember != isNegated
    }

    private func includes(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } || negatedParts.contains { $0.contains(scalar) }
    }

    /// The scalar in its other case.
    private static func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        [scalar.foldedCase, scalar.raisedCase]
    }
}

extension Unicode.Scalar {
    /// In lower case, where that is one scalar.
    var foldedCase: Unicode.Scalar {
        if isASCII { return ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value) + 32) : self }
        let mapped = properties.lowercaseMapping.unicodeScalars
        return mapped.count == 1 ? mapped.first ?? self : self
    }

    /// In upper case, where that is one scalar.
    var raisedCase: Unicode.Scalar {
        if isASCII { return ("a"..."z").contains(self) ? Unicode.Scalar(UInt8(value) - 32) : self }
        let mapped = properties.uppercaseMapping.unicodeScalars
        return mapped.count == 1 ? mapped.first ?? self : self
    }
}
