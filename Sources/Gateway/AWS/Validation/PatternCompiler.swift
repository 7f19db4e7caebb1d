import Core

/// Turns an expression's text into the steps a `Pattern` runs.
struct PatternCompiler {
    /// What keeps an expression from being compiled.
    enum Failure: Error {
        case unsupported
        case tooLarge
    }

    private let text: [UInt32]
    private var position = 0
    private var depth = 0
    private static let largest = 20_000

    /// Compiles a whole expression.
    static func compile(_ text: String) throws(Failure) -> [Pattern.Step] {
        var compiler = PatternCompiler(text: text.unicodeScalars.map(\.value))
        let steps = try compiler.alternatives()
        guard compiler.position == compiler.text.count else { throw .unsupported }
        return steps + [.match]
    }

    private init(text: [UInt32]) { self.text = text }

    /// Steps are relocatable: targets are relative to where a fragment begins.
    private mutating func alternatives() throws(Failure) -> [Pattern.Step] {
        depth += 1
        defer { depth -= 1 }
        guard depth < 50 else { throw .tooLarge }
        var steps = try sequence()
        while take("|") {
            let right = try sequence()
            steps =
                [.split(1, steps.count + 2)] + Self.moved(steps, by: 1) + [.jump(steps.count + 2 + right.count)]
                + Self.moved(right, by: steps.count + 2)
        }
        return steps
    }

    private mutating func sequence() throws(Failure) -> [Pattern.Step] {
        var steps: [Pattern.Step] = []
        while let next = peek, next != Self.code("|"), next != Self.code(")") {
            let atom = try atom()
            steps += Self.moved(try repeated(atom), by: steps.count)
            guard steps.count <= Self.largest else { throw .tooLarge }
        }
        return steps
    }

    private mutating func repeated(_ atom: [Pattern.Step]) throws(Failure) -> [Pattern.Step] {
        let (least, most): (Int, Int?)
        if take("*") {
            (least, most) = (0, nil)
        } else if take("+") {
            (least, most) = (1, nil)
        } else if take("?") {
            (least, most) = (0, 1)
        } else if peek == Self.code("{") {
            (least, most) = try counts()
        } else {
            return atom
        }
        // Whether a repetition is greedy does not matter to whether the whole matches.
        if !take("?") { _ = take("+") }
        guard max(least, most ?? 0) * (atom.count + 1) <= Self.largest else { throw .tooLarge }
        return Self.repeated(atom, least: least, most: most)
    }

    private static func repeated(_ atom: [Pattern.Step], least: Int, most: Int?) -> [Pattern.Step] {
        var steps: [Pattern.Step] = []
        for _ in 0..<least { steps += moved(atom, by: steps.count) }
        guard let most else {
            let start = steps.count
            return steps + [.split(start + 1, start + atom.count + 2)] + moved(atom, by: start + 1) + [.jump(start)]
        }
        let optional = max(0, most - least)
        let end = steps.count + optional * (atom.count + 1)
        for _ in 0..<optional {
            steps.append(.split(steps.count + 1, end))
            steps += moved(atom, by: steps.count)
        }
        return steps
    }

    private mutating func counts() throws(Failure) -> (Int, Int?) {
        guard take("{"), let least = number() else { throw .unsupported }
        if take("}") { return (least, least) }
        guard take(",") else { throw .unsupported }
        let most = number()
        guard take("}") else { throw .unsupported }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let next = peek, 0x30...0x39 ~= next, digits.count < 6 {
            digits.append(Character(Unicode.Scalar(UInt8(next))))
            position += 1
        }
        return Int(digits)
    }

    private mutating func atom() throws(Failure) -> [Pattern.Step] {
        if take("(") { return try group() }
        if take("[") { return [.character(try brackets())] }
        if take(".") { return [.character(.dot)] }
        if take("^") { return [.start] }
        if take("$") { return [.end] }
        if take("\\") {
            if take("b") { return [.wordBoundary] }
            return [.character(try escape())]
        }
        guard let next = advance(), !["*", "+", "?", "{"].contains(Unicode.Scalar(next)) else { throw .unsupported }
        return [.character(ScalarSet(ranges: [next...next]))]
    }

    private mutating func group() throws(Failure) -> [Pattern.Step] {
        var look: (isAhead: Bool, isNegated: Bool)?
        if take("?") {
            let isBehind = take("<")
            if take("=") {
                look = (!isBehind, false)
            } else if take("!") {
                look = (!isBehind, true)
            } else if isBehind || !take(":") {
                throw .unsupported
            }
        }
        let steps = try alternatives()
        guard take(")") else { throw .unsupported }
        guard let look else { return steps }
        if look.isAhead { return [.ahead(Pattern(steps: steps + [.match]), isNegated: look.isNegated)] }
        guard steps.count == 1, case .character(let set) = steps[0] else { throw .unsupported }
        return [.behind(set, isNegated: look.isNegated)]
    }

    private static func moved(_ steps: [Pattern.Step], by offset: Int) -> [Pattern.Step] {
        steps.map { step in
            switch step {
            case .split(let left, let right): .split(left + offset, right + offset)
            case .jump(let target): .jump(target + offset)
            default: step
            }
        }
    }
}

extension PatternCompiler {
    private mutating func brackets() throws(Failure) -> ScalarSet {
        var set = ScalarSet()
        let isNegated = take("^")
        var isFirst = true
        while isFirst || peek != Self.code("]") {
            isFirst = false
            guard let low = try bracketItem(into: &set) else { continue }
            // A dash between two characters makes a range; anywhere else it is itself.
            if peek == Self.code("-"), position + 1 < text.count, text[position + 1] != Self.code("]") {
                position += 1
                guard let high = try bracketItem(into: &set), low <= high else { throw .unsupported }
                set.ranges.append(low...high)
            } else {
                set.ranges.append(low...low)
            }
        }
        guard take("]") else { throw .unsupported }
        set.isNegated = isNegated
        return set
    }

    /// Reads one character, or adds a class such as `\w` to the set and gives nothing.
    private mutating func bracketItem(into set: inout ScalarSet) throws(Failure) -> UInt32? {
        if peek == Self.code("[") { throw .unsupported }
        guard take("\\") else {
            guard let next = advance() else { throw .unsupported }
            return next
        }
        let escaped = try escape()
        if !escaped.isNegated, escaped.categories.isEmpty, escaped.ranges.count == 1,
            let range = escaped.ranges.first, range.count == 1
        {
            return range.lowerBound
        }
        set.parts.append(escaped)
        return nil
    }

    /// Reads what follows a backslash.
    private mutating func escape() throws(Failure) -> ScalarSet {
        guard let next = advance() else { throw .unsupported }
        switch next {
        case Self.code("d"): return .digit
        case Self.code("D"): return .digit.inverted
        case Self.code("w"): return .word
        case Self.code("W"): return .word.inverted
        case Self.code("s"): return .space
        case Self.code("S"): return .space.inverted
        case Self.code("p"): return try property()
        case Self.code("P"): return try property().inverted
        case Self.code("t"): return Self.single(0x09)
        case Self.code("n"): return Self.single(0x0A)
        case Self.code("r"): return Self.single(0x0D)
        case Self.code("f"): return Self.single(0x0C)
        case Self.code("u"): return Self.single(try hexadecimal(digits: 4))
        case Self.code("x"): return Self.single(try hexadecimal(digits: 2))
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: throw .unsupported
        default: return Self.single(next)
        }
    }

    private mutating func property() throws(Failure) -> ScalarSet {
        var name = ""
        guard take("{") else { throw .unsupported }
        while let next = advance(), next != Self.code("}") {
            guard let scalar = Unicode.Scalar(next) else { throw .unsupported }
            name.unicodeScalars.append(scalar)
        }
        guard let set = ScalarSet.property(name) else { throw .unsupported }
        return set
    }

    private mutating func hexadecimal(digits: Int) throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let next = advance(), let digit = UInt8(exactly: next)?.hexDigitValue else {
                throw .unsupported
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private var peek: UInt32? { position < text.count ? text[position] : nil }

    private mutating func advance() -> UInt32? {
        guard let next = peek else { return nil }
        position += 1
        return next
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar.value else { return false }
        position += 1
        return true
    }

    private static func code(_ scalar: Unicode.Scalar) -> UInt32 { scalar.value }

    private static func single(_ scalar: UInt32) -> ScalarSet { ScalarSet(ranges: [scalar...scalar]) }
}
