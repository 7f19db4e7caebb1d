extension RegexParser {
    /// What a backslash makes of what is behind it, outside of a class.
    mutating func escape() throws(RegexFlaw) -> RegexInstruction {
        guard position < text.count else { throw flaw(.badEscape) }
        let scalar = text[position]
        switch scalar {
        case "b", "B":
            position += 1
            return .wordBoundary(isNegated: scalar == "B")
        case "1"..."9":
            let digits = text[position...].prefix { ("0"..."9").contains($0) }.prefix(3)
            position += digits.count
            return .reference(digits.reduce(0) { $0 * 10 + Int($1.value) - 48 })
        case "k" where position + 1 < text.count && text[position + 1] == "<":
            position += 2
            return .namedReference(try name())
        default:
            if let set = shorthand() { return .set(set) }
            return .scalar(try escapedScalar())
        }
    }

    /// `\d` and its like.
    private mutating func shorthand() -> ScalarSet? {
        let set: ScalarSet
        switch text[position] {
        case "d": set = .digits
        case "D": set = .digits.negated
        case "w": set = .word
        case "W": set = .word.negated
        case "s": set = .spaces
        case "S": set = .spaces.negated
        default: return nil
        }
        position += 1
        return set
    }

    private mutating func escapedScalar() throws(RegexFlaw) -> Unicode.Scalar {
        let scalar = text[position]
        position += 1
        switch scalar {
        case "t": return "\t"
        case "n": return "\n"
        case "r": return "\r"
        case "f": return "\u{C}"
        case "v": return "\u{B}"
        case "0": return "\0"
        case "x": return try hexadecimal(2)
        case "u": return try hexadecimal(4)
        case "c":
            guard position < text.count, text[position].properties.isAlphabetic, text[position].isASCII else {
                throw flaw(.badEscape)
            }
            position += 1
            return Unicode.Scalar(UInt8(text[position - 1].value & 31))
        default: return scalar
        }
    }

    private mutating func hexadecimal(_ count: Int) throws(RegexFlaw) -> Unicode.Scalar {
        let digits = text[position...].prefix(count)
        guard digits.count == count, digits.allSatisfy({ $0.properties.isASCIIHexDigit }),
            let value = UInt32(digits.map(String.init).joined(), radix: 16), let scalar = Unicode.Scalar(value)
        else { throw flaw(.badEscape) }
        position += count
        return scalar
    }

    /// What stands between brackets.
    mutating func characterClass() throws(RegexFlaw) -> ScalarSet {
        let isNegated = take("^")
        var set = ScalarSet()
        while !take("]") {
            guard position < text.count else { throw flaw(.unclosedClass) }
            if follows("\\"), position + 1 < text.count {
                position += 1
                if let shorthand = shorthand() {
                    set.formUnion(shorthand)
                    continue
                }
                position -= 1
            }
            let first = try member()
            guard follows("-"), position + 1 < text.count, text[position + 1] != "]", !shorthandFollowsDash else {
                set.insert(first.value...first.value)
                continue
            }
            position += 1
            let last = try member()
            guard first.value <= last.value else { throw flaw(.badRange) }
            set.insert(first.value...last.value)
        }
        return isNegated ? set.negated : set
    }

    /// A dash before `\d` stands for itself.
    private var shorthandFollowsDash: Bool {
        position + 2 < text.count && text[position + 1] == "\\"
            && "dDwWsS".unicodeScalars.contains(text[position + 2])
    }

    private mutating func member() throws(RegexFlaw) -> Unicode.Scalar {
        let scalar = text[position]
        position += 1
        guard scalar == "\\" else { return scalar }
        guard position < text.count else { throw flaw(.badEscape) }
        if take("b") { return "\u{8}" }
        return try escapedScalar()
    }
}
