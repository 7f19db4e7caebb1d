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
    }

    /// The tokens, if there is no variable.
    var fixed: [UInt16]? {
        if parts.count == 1, case .tokens(let tokens) = parts[0] { tokens } else { nil }
    }

    /// Whether some values of the variables may make it match, judged by the literal text at either end.
    func mayMatch(_ text: Span<UInt8>) -> Bool {
        if case .tokens(let first)? = parts.first {
            let first = first.span
            var place = 0
            while place < first.count, first[place] < 0x100 {
                guard place < text.count, first[place] == UInt16(text[place]) else { return false }
                place += 1
            }
        }
        if case .tokens(let last)? = parts.last {
            let last = last.span
            var place = 1
            while place <= last.count, last[last.count - place] < 0x100 {
                guard place <= text.count, last[last.count - place] == UInt16(text[text.count - place]) else {
                    return false
                }
                place += 1
            }
        }
        return true
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
