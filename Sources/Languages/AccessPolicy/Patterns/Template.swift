import Core

/// A text of a policy with its wildcards and variables, before the variables have values.
struct Template: Hashable, Sendable {
    /// What is wrong with a variable.
    enum Fault: Error, Equatable {
        case badVariable(String)
    }

    /// A piece of the text.
    enum Part: Hashable, Sendable {
        case tokens([UInt16])
        case variable(ContextKey, fallback: [UInt8]?)
    }

    let parts: [Part]
    /// The literal bytes at either end, up to a wildcard or a variable.
    private let start: [UInt8]
    private let end: [UInt8]
    /// What lies between variables, if nothing in it is a wildcard: one piece more than there are variables.
    private let pieces: [[UInt8]]?
    private let variables: [Variable]
    /// All literal bytes between wildcards and variables, in their order.
    private let runs: [[UInt8]]

    private struct Variable: Hashable {
        let key: ContextKey
        let fallback: [UInt8]?
    }

    /// Whether nothing in it is a wildcard.
    var isPlain: Bool { pieces != nil }

    /// The keys without which it cannot be told what matches.
    var needs: [ContextKey] { variables.filter { $0.fallback == nil }.map(\.key) }

    /// Reads a text; `*` and `?` are wildcards if `wildcards` says so, and `${…}` are variables from 2012 on.
    ///
    /// Source: IAM user guide, "IAM policy elements: Variables and tags".
    init(_ text: String, version: Policy.Version, wildcards: Bool) throws(Fault) {
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var tokens: [UInt16] = []
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if version == .v2012, byte == UInt8(ascii: "$"), place + 1 < bytes.count,
                bytes[place + 1] == UInt8(ascii: "{")
            {
                guard let (variable, end) = Self.variable(in: bytes, from: place + 2) else {
                    throw .badVariable(String(decoding: bytes[place...].prefix(100), as: UTF8.self))
                }
                if case .tokens(let literal) = variable {
                    tokens += literal
                } else {
                    if !tokens.isEmpty { parts.append(.tokens(tokens)) }
                    tokens = []
                    parts.append(variable)
                }
                place = end
                continue
            }
            switch byte {
            case UInt8(ascii: "*") where wildcards: tokens.append(Glob.anyRun)
            case UInt8(ascii: "?") where wildcards: tokens.append(Glob.anyOne)
            default: tokens.append(UInt16(byte))
            }
            place += 1
        }
        if !tokens.isEmpty || parts.isEmpty { parts.append(.tokens(tokens)) }
        self.parts = parts
        variables = parts.compactMap { part in
            if case .variable(let key, let fallback) = part { Variable(key: key, fallback: fallback) } else { nil }
        }
        start = parts.first.map { Self.literal($0) { Array($0.prefix { $0 < 0x100 }) } } ?? []
        end = parts.last.map { Self.literal($0) { Array($0.reversed().prefix { $0 < 0x100 }.reversed()) } } ?? []
        pieces = Self.pieces(parts)
        runs = Self.runs(parts)
    }

    private static func runs(_ parts: [Part]) -> [[UInt8]] {
        parts.flatMap { part -> [[UInt8]] in
            guard case .tokens(let tokens) = part else { return [] }
            return tokens.split { $0 >= 0x100 }.map { run in run.map { UInt8(truncatingIfNeeded: $0) } }
        }
    }

    private static func literal(_ part: Part, _ tokens: ([UInt16]) -> [UInt16]) -> [UInt8] {
        if case .tokens(let some) = part { tokens(some).map { UInt8(truncatingIfNeeded: $0) } } else { [] }
    }

    private static func pieces(_ parts: [Part]) -> [[UInt8]]? {
        var pieces: [[UInt8]] = [[]]
        for part in parts {
            switch part {
            case .tokens(let tokens):
                guard tokens.allSatisfy({ $0 < 0x100 }) else { return nil }
                pieces[pieces.count - 1] += literal(part) { $0 }
            case .variable: pieces.append([])
            }
        }
        return pieces
    }

    /// The tokens, if there is no variable.
    var fixed: [UInt16]? {
        if parts.count == 1, case .tokens(let tokens) = parts[0] { tokens } else { nil }
    }

    /// Whether some values of the variables may make it match, judged by the literal text at either end.
    func mayMatch(_ text: Span<UInt8>) -> Bool {
        Bytes.has(text, start.span, at: 0) && Bytes.has(text, end.span, at: text.count - end.count)
    }

    /// Whether the text has all that is literal, in its order: without it no values of the variables make it match.
    func hasRuns(_ text: Span<UInt8>) -> Bool {
        var place = 0
        for run in runs {
            while !Bytes.has(text, run.span, at: place) {
                place += 1
                guard place <= text.count - run.count else { return false }
            }
            place += run.count
        }
        return true
    }

    /// The one key that it needs no value of, and what it asks for without one: of a template whose variables are all of
    /// this key, with defaults.
    var defaulted: (key: ContextKey, asked: Trigrams)? {
        guard let key = variables.first?.key, variables.allSatisfy({ $0.key == key && $0.fallback != nil }),
            case .tokens(let tokens) = resolved(limit: .max, { _ in nil })
        else { return nil }
        return (key, Trigrams(asked: [tokens]))
    }

    /// What every text has that it matches with some values of the variables; with `endsOnly`, every text that `mayMatch`.
    func asked(endsOnly: Bool) -> Trigrams {
        var lists: [[UInt16]] = []
        var (isBegun, isEnded) = (false, false)
        for (place, part) in parts.enumerated() {
            guard case .tokens(let tokens) = part else { continue }
            if place == 0 { isBegun = true }
            if place == parts.count - 1 { isEnded = true }
            guard endsOnly else {
                lists.append(tokens)
                continue
            }
            if place == 0 { lists.append(Array(tokens.prefix { $0 < 0x100 })) }
            if place == parts.count - 1 { lists.append(Array(tokens.reversed().prefix { $0 < 0x100 }.reversed())) }
        }
        return Trigrams(asked: lists, isBegun: isBegun, isEnded: isEnded)
    }

    /// What a template becomes.
    enum Resolution {
        case tokens([UInt16])
        /// A variable has no value.
        case unknown
        /// There is more literal text than the limit.
        case tooLong
    }

    /// The tokens with every variable replaced by its value, in which nothing is a wildcard.
    ///
    /// A text of `limit` bytes cannot match more literal ones: a short template with large values ends early.
    func resolved(limit: Int, _ value: (ContextKey) -> ContextValue?) -> Resolution {
        var tokens: [UInt16] = []
        var length = 0
        for part in parts {
            switch part {
            case .tokens(let some):
                length += some.count { $0 < 0x100 }
                tokens += some
            case .variable(let key, let fallback):
                if let text = value(key)?.single {
                    length += text.utf8.count
                    guard length <= limit else { return .tooLong }
                    tokens += text.utf8.lazy.map { UInt16($0) }
                } else if let fallback {
                    length += fallback.count
                    tokens += fallback.lazy.map { UInt16($0) }
                } else {
                    return .unknown
                }
            }
            guard length <= limit else { return .tooLong }
        }
        return .tokens(tokens)
    }

    /// Compares a text with a template that is plain, as `resolved` and a comparison of all tokens would; `nil` if it is not.
    func match(plain text: Span<UInt8>, _ value: (ContextKey) -> ContextValue?) -> Match? {
        guard let pieces else { return nil }
        let first = pieces[0]
        var isSame = Bytes.has(text, first.span, at: 0)
        var place = first.count
        guard place <= text.count else { return .no }
        for index in variables.indices {
            if let found = value(variables[index].key)?.single {
                isSame = isSame && Bytes.has(text, found.utf8.span, at: place)
                place += found.utf8.count
            } else if let fallback = variables[index].fallback {
                isSame = isSame && Bytes.has(text, fallback.span, at: place)
                place += fallback.count
            } else {
                return .unknown
            }
            // Too long is no match, also where another variable has no value.
            guard place <= text.count else { return .no }
            let piece = pieces[index + 1]
            isSame = isSame && Bytes.has(text, piece.span, at: place)
            place += piece.count
            guard place <= text.count else { return .no }
        }
        return Match(isSame && place == text.count)
    }

    /// What stands between `${` and `}`, and where the text goes on.
    private static func variable(in bytes: [UInt8], from start: Int) -> (Part, end: Int)? {
        var place = start
        while place < bytes.count, !"{}',".utf8.contains(bytes[place]) { place += 1 }
        guard place < bytes.count else { return nil }
        let name = String(decoding: bytes[start..<place], as: UTF8.self)
        var fallback: [UInt8]?
        if bytes[place] == UInt8(ascii: ",") {
            place += 1
            while place < bytes.count, bytes[place] == UInt8(ascii: " ") { place += 1 }
            guard place < bytes.count, bytes[place] == UInt8(ascii: "'"),
                let end = bytes[(place + 1)...].firstIndex(of: UInt8(ascii: "'"))
            else { return nil }
            fallback = Array(bytes[(place + 1)..<end])
            place = end + 1
        }
        guard place < bytes.count, bytes[place] == UInt8(ascii: "}") else { return nil }
        if fallback == nil, ["*", "?", "$"].contains(name) {
            return (.tokens(name.utf8.map { UInt16($0) }), place + 1)
        }
        guard let key = ContextKey(name) else { return nil }
        return (.variable(key, fallback: fallback), place + 1)
    }
}
