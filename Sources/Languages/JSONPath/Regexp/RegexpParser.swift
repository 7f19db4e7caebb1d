/// Reads an interoperable regular expression (RFC 9485, section 3); `nil` wherever it is none.
struct RegexpParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    /// How often a part may at most be written to repeat.
    private static let maximumRepetition = 1_000

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The whole expression and nothing after it.
    mutating func expression() -> RegexpNode? {
        guard let node = choice(), position == scalars.count else { return nil }
        return node
    }

    private mutating func choice() -> RegexpNode? {
        var branches: [RegexpNode] = []
        repeat {
            guard let branch = branch() else { return nil }
            branches.append(branch)
        } while take("|")
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func branch() -> RegexpNode? {
        var pieces: [RegexpNode] = []
        while let next = peek(), next != "|", next != ")" {
            guard let atom = atom(), let piece = quantified(atom) else { return nil }
            pieces.append(piece)
        }
        return .sequence(pieces)
    }

    private mutating func atom() -> RegexpNode? {
        guard let next = peek() else { return nil }
        position += 1
        switch next {
        case "(":
            guard depth < PathLimits.depth else { return nil }
            depth += 1
            guard let node = choice(), take(")") else { return nil }
            depth -= 1
            return node
        case ".": return .character(.dot)
        // RFC 9485 has no anchors; the compliance tests of RFC 9535 take them for what they are elsewhere.
        case "^", "$": return .anchor(isStart: next == "^")
        case "[": return bracketed().map(RegexpNode.character)
        case "\\": return escaped().map(RegexpNode.character)
        case "*", "+", "?", ")", "]", "{", "}", "|": return nil
        default: return .character(CharacterSet(ranges: [next...next]))
        }
    }

    private mutating func quantified(_ atom: RegexpNode) -> RegexpNode? {
        if take("*") { return .repetition(atom, 0, nil) }
        if take("+") { return .repetition(atom, 1, nil) }
        if take("?") { return .repetition(atom, 0, 1) }
        guard take("{") else { return atom }
        guard let least = number() else { return nil }
        var most: Int? = least
        if take(",") {
            most = nil
            if peek() != "}" {
                guard let number = number(), number >= least else { return nil }
                most = number
            }
        }
        return take("}") ? .repetition(atom, least, most) : nil
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = peek(), "0"..."9" ~= digit {
            value = (value ?? 0) * 10 + Int(digit.value - 0x30)
            guard let value, value <= Self.maximumRepetition else { return nil }
            position += 1
        }
        return value
    }

    private mutating func bracketed() -> CharacterSet? {
        var set = CharacterSet()
        set.isInverted = take("^")
        var isFirst = true
        while let next = peek(), next != "]" {
            if next == "-" {
                guard isFirst || peek(1) == "]" else { return nil }
                position += 1
                set.ranges.append("-"..."-")
            } else if let category = category() {
                set.categories.append(category)
            } else {
                guard let range = range() else { return nil }
                set.ranges.append(range)
            }
            isFirst = false
        }
        return take("]") && !isFirst ? set : nil
    }

    private mutating func range() -> ClosedRange<Unicode.Scalar>? {
        guard let first = classCharacter() else { return nil }
        guard peek() == "-", peek(1) != "]" else { return first...first }
        position += 1
        guard let last = classCharacter(), first <= last else { return nil }
        return first...last
    }

    private mutating func classCharacter() -> Unicode.Scalar? {
        guard let next = peek(), next != "-", next != "[", next != "]" else { return nil }
        position += 1
        return next == "\\" ? escapedCharacter() : next
    }

    private mutating func escaped() -> CharacterSet? {
        position -= 1
        if let category = category() { return CharacterSet(categories: [category]) }
        position += 1
        return escapedCharacter().map { CharacterSet(ranges: [$0...$0]) }
    }

    private mutating func escapedCharacter() -> Unicode.Scalar? {
        guard let next = peek() else { return nil }
        position += 1
        switch next {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "("..."+", "-", ".", "?", "["..."^", "{"..."}": return next
        default: return nil
        }
    }

    /// `\p{…}` or `\P{…}`; nothing is taken where there is none.
    private mutating func category() -> CharacterSet.Category? {
        guard peek() == "\\", let letter = peek(1), letter == "p" || letter == "P", peek(2) == "{" else { return nil }
        var name = ""
        var end = position + 3
        while end < scalars.count, scalars[end] != "}", name.utf8.count < 3 {
            name.unicodeScalars.append(scalars[end])
            end += 1
        }
        guard end < scalars.count, scalars[end] == "}", CharacterSet.isCategory(name) else { return nil }
        position = end + 1
        return CharacterSet.Category(name: name, isInverted: letter == "P")
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        position += 1
        return true
    }
}
