/// What arguments a function takes: `<s-nn?:s>` and the like.
struct Signature: Hashable, Sendable {
    /// One kind of argument.
    struct Parameter: Hashable, Sendable {
        /// How often it may be given.
        enum Count: Hashable, Sendable {
            case one
            case optional
            case many
        }

        /// The kinds of value, one letter each: string, number, boolean, null (`l`), array, object, function, missing.
        var kinds: Set<Character>
        /// An array; any other value is taken for an array of one.
        var isArray = false
        /// What the elements of an array are.
        var elements: Character?
        var count = Count.one
        /// Is the context's value where it is not given.
        var isContext = false

        /// Whether a kind fits.
        func accepts(_ kind: Character) -> Bool { kinds.contains(kind) }

        /// How many of these arguments it can take.
        func choices(_ given: ArraySlice<Character>) -> ClosedRange<Int>.SubSequence {
            let run = count == .many ? given.prefix { accepts($0) }.count : given.first.map { accepts($0) ? 1 : 0 } ?? 0
            let least = count == .optional || isContext ? 0 : 1
            return (0...max(run, least)).dropFirst(least).prefix(max(0, run - least + 1))
        }
    }

    private(set) var parameters: [Parameter] = []

    /// How many parameters there may be.
    private static let limit = 64

    /// Reads a signature; what it says of the result is not looked at.
    init(parsing text: String) throws(JSONataError) {
        let scalars = Array(text)
        var position = 1
        while position < scalars.count, scalars[position] != ":",
            !(scalars[position] == ">" && position == scalars.count - 1)
        {
            try read(scalars, &position)
        }
        guard parameters.count <= Self.limit else { throw Self.flaw(scalars) }
    }

    private mutating func read(_ text: [Character], _ position: inout Int) throws(JSONataError) {
        let letter = text[position]
        switch letter {
        case "s", "n", "b", "l", "o": parameters.append(Parameter(kinds: [letter, "m"]))
        case "a": parameters.append(Parameter(kinds: Set("asnblfom"), isArray: true))
        case "f": parameters.append(Parameter(kinds: ["f"]))
        case "j": parameters.append(Parameter(kinds: Set("asnblom")))
        case "x": parameters.append(Parameter(kinds: Set("asnblfom")))
        case "(":
            guard let end = Self.closing(text, position, "(", ")") else { throw Self.flaw(text) }
            let choice = Set(text[(position + 1)..<end])
            guard !choice.contains("<") else { throw JSONataError("S0402", value: String(text[position...end])) }
            parameters.append(Parameter(kinds: choice.union(["m"])))
            position = end
        default: try modify(text, &position)
        }
        position += 1
    }

    /// What stands behind a letter says more about it.
    private mutating func modify(_ text: [Character], _ position: inout Int) throws(JSONataError) {
        guard let last = parameters.indices.last else { throw Self.flaw(text) }
        switch text[position] {
        case "-": parameters[last].isContext = true
        case "?": parameters[last].count = .optional
        case "+": parameters[last].count = .many
        case "<":
            guard let end = Self.closing(text, position, "<", ">") else { throw Self.flaw(text) }
            guard parameters[last].isArray || parameters[last].kinds == ["f"] else {
                throw JSONataError("S0401", value: String(text))
            }
            if parameters[last].isArray { parameters[last].elements = text[position + 1] }
            position = end
        default: throw Self.flaw(text)
        }
    }

    private static func flaw(_ text: [Character]) -> JSONataError { JSONataError("S0403", value: String(text)) }

    private static func closing(_ text: [Character], _ start: Int, _ open: Character, _ close: Character) -> Int? {
        var depth = 0
        for place in start..<text.count {
            if text[place] == open { depth += 1 }
            if text[place] == close { depth -= 1 }
            if depth == 0 { return place > start + 1 ? place : nil }
        }
        return nil
    }
}
