import Core

/// A text of a policy that values of a request are compared with: a resource, or a value of a string or ARN condition.
///
/// A value in all but name, like the statement or condition it belongs to.
final class TextPattern: Hashable, Sendable {
    /// How texts are compared.
    enum Comparison: Hashable, Sendable {
        /// Byte for byte.
        case exact
        /// Byte for byte, but for the case of ASCII letters.
        case folded
        /// As ARNs: what stands between the first five colons each by itself, and then all the rest.
        case arn
    }

    /// Why a text is no pattern.
    enum Fault: Error, Equatable {
        case badVariable(String)
        case variableBeforeFifthColon
        case notAnARN
    }

    /// What is compared.
    private enum Form: Hashable, Sendable {
        case glob(Glob)
        case template(Template)
        /// An ARN that is none: no value matches.
        case impossible
    }

    let text: String
    let comparison: Comparison
    private let form: Form

    /// Compiles a text of a condition; as an ARN it may be none, and then matches nothing.
    init(_ text: String, comparison: Comparison, wildcards: Bool, version: Policy.Version) throws(Fault) {
        self.text = text
        self.comparison = comparison
        let template = try Self.template(text, wildcards, version)
        if let tokens = template.fixed {
            form = Self.glob(tokens, comparison).map { .glob($0) } ?? .impossible
        } else {
            form = .template(template)
        }
    }

    /// Compiles a text of `Resource` or `NotResource`: an ARN or `*`, with variables only behind the fifth colon.
    init(resource text: String, version: Policy.Version) throws(Fault) {
        self.text = text
        comparison = .arn
        let template = try Self.template(text, true, version)
        guard case .tokens(let first) = template.parts[0] else { throw .variableBeforeFifthColon }
        if let tokens = template.fixed {
            guard let glob = Self.glob(tokens, .arn) else { throw .notAnARN }
            form = .glob(glob)
        } else {
            guard first.count(where: { $0 == ARNGlob.colon }) >= 5 else { throw .variableBeforeFifthColon }
            guard ARNGlob.glob(first) != nil else { throw .notAnARN }
            form = .template(template)
        }
    }

    static func == (left: TextPattern, right: TextPattern) -> Bool {
        left === right
            || left.comparison == right.comparison && left.form == right.form
                && Bytes.same(left.text, right.text)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(comparison)
        hasher.combine(form)
    }

    private static func template(
        _ text: String, _ wildcards: Bool, _ version: Policy.Version
    ) throws(Fault) -> Template {
        do {
            return try Template(text, version: version, wildcards: wildcards)
        } catch {
            switch error {
            case .badVariable(let variable): throw .badVariable(variable)
            }
        }
    }

    private static func glob(_ tokens: [UInt16], _ comparison: Comparison) -> Glob? {
        switch comparison {
        case .exact: Glob(tokens)
        case .folded: Glob(tokens.map { $0 < 0x100 ? UInt16(Bytes.lowered(UInt8(truncatingIfNeeded: $0))) : $0 })
        case .arn: ARNGlob.glob(tokens)
        }
    }

    /// Compares a text; `unknown` where a variable of the pattern has no value.
    func match(_ text: Span<UInt8>, _ value: (ContextKey) -> ContextValue?) -> Match {
        switch form {
        case .glob(let glob): return Match(glob.matches(text, folding: comparison == .folded))
        case .template(let template):
            guard comparison == .folded || template.mayMatch(text) else { return .no }
            if comparison != .folded, let match = template.match(plain: text, value) {
                return match == .yes && comparison == .arn && !ARNGlob.isWhole(text) ? .no : match
            }
            if comparison != .folded, !template.hasRuns(text) {
                return template.needs.contains { value($0)?.single == nil } ? .unknown : .no
            }
            switch template.resolved(limit: text.count, value) {
            case .unknown: return .unknown
            case .tooLong: return .no
            case .tokens(let tokens):
                return Match(Self.glob(tokens, comparison)?.matches(text, folding: comparison == .folded) ?? false)
            }
        case .impossible: return .no
        }
    }

    /// What every text that matches has, whatever the values of variables.
    var asked: Trigrams {
        switch form {
        case .glob(let glob): Trigrams(asked: [glob.tokens])
        case .template(let template): template.asked(endsOnly: false)
        case .impossible: Trigrams(asked: [])
        }
    }

    /// What every text has that matches, or of which it cannot be told because a variable has no value.
    var askedForUnknown: Trigrams {
        guard case .template(let template) = form else { return asked }
        return comparison == .folded ? Trigrams(asked: []) : template.asked(endsOnly: true)
    }

    /// The keys without which it cannot be told what matches.
    var needs: [ContextKey] { if case .template(let template) = form { template.needs } else { [] } }

    /// The one key of its variables, which all have defaults, and what it asks for where that has no value.
    var defaulted: (key: ContextKey, asked: Trigrams)? {
        if case .template(let template) = form { template.defaulted } else { nil }
    }

    /// Whether it has no variables.
    var isFixed: Bool { if case .template = form { false } else { true } }

    /// Whether nothing can match it.
    var isImpossible: Bool { form == .impossible }

    /// Whether everything matches it.
    var matchesAll: Bool { if case .glob(let glob) = form { glob.matchesAll } else { false } }

    /// Whether only this text matches it, byte for byte.
    var isLiteral: Bool {
        if case .glob(let glob) = form { glob.isLiteral && comparison != .folded } else { false }
    }
}

/// What comparing one value with one pattern gives.
enum Match: UInt8, Sendable {
    case yes = 1
    case no
    /// The pattern has a variable without a value, or the value is not of the kind that is compared.
    case unknown

    /// Takes a plain answer.
    init(_ matches: Bool) { self = matches ? .yes : .no }
}
