/// Reads a pattern the way the reference engine does, so that it finds the same flaw first.
///
/// What `$or` offers is multiplied out as it is read. Of fields with the same joined name the last one counts.
struct PatternParser {
    var tokens: PatternTokens
    /// How often an error names its place: a flaw inside a list is reported by the list and by what holds it.
    var timesPlaced = 1
    private let text: [UInt8]
    private let limits: PatternLimits
    private var branches: [[[UInt8]: FieldPattern]] = []

    init(_ text: [UInt8], limits: PatternLimits) {
        self.text = text
        self.limits = limits
        tokens = PatternTokens(text, maximumDepth: limits.depth)
    }

    /// The branches of the whole pattern.
    mutating func pattern() throws(PatternError) -> [PatternBranch] {
        do throws(PatternFlaw) {
            return try document()
        } catch {
            throw PatternError(error, in: text, at: tokens.position, timesPlaced: timesPlaced)
        }
    }

    private mutating func document() throws(PatternFlaw) -> [PatternBranch] {
        guard text.count <= limits.bytes else { throw .tooLong(limit: limits.bytes) }
        guard try tokens.next() == .objectStart else { throw .notAnObject }
        try object(path: [], isInsideOr: false)
        guard try tokens.next() == .end else { throw .notJSON("Unexpected content after the pattern") }
        let parsed = branches.map { fields in
            PatternBranch(Array(fields.values))
        }
        try checkComplexity(of: parsed)
        return parsed
    }

    private mutating func object(path: [UInt8], isInsideOr: Bool) throws(PatternFlaw) {
        var isEmpty = true
        while case .name(let name) = try tokens.next() {
            isEmpty = false
            if name == Self.or {
                try alternatives(path: path)
                continue
            }
            if isInsideOr, Self.reserved.contains(name) {
                throw .reservedField(String(decoding: name, as: UTF8.self))
            }
            let inner = path.isEmpty ? name : path + [UInt8(ascii: ".")] + name
            switch try tokens.next() {
            case .objectStart: try object(path: inner, isInsideOr: isInsideOr)
            case .arrayStart: try field(inner)
            default: throw .neitherObjectNorArray(field: String(decoding: name, as: UTF8.self))
            }
        }
        if isEmpty { throw .emptyObject }
    }

    /// Each object of `$or` goes on from what was read before it.
    private mutating func alternatives(path: [UInt8]) throws(PatternFlaw) {
        guard try tokens.next() == .arrayStart else { throw .orWithoutArray }
        let before = branches.isEmpty ? [[:]] : branches
        var after: [[[UInt8]: FieldPattern]] = []
        var count = 0
        while true {
            let token = try tokens.next()
            if token == .arrayEnd { break }
            guard token == .objectStart else { throw .orOfOtherThanObjects }
            count += 1
            branches = before
            try object(path: path, isInsideOr: true)
            after += branches
            guard after.count <= limits.combinations else { throw .tooManyCombinations(limit: limits.combinations) }
        }
        guard count >= 2 else { throw .orOfFewerThanTwo }
        branches = after
    }

    private mutating func field(_ path: [UInt8]) throws(PatternFlaw) {
        var matchers: [ValueMatcher] = []
        let start = tokens.position - 1
        while true {
            let token = try tokens.next()
            switch token {
            case .arrayEnd:
                guard !matchers.isEmpty else { throw .emptyArray }
                if branches.isEmpty { branches = [[:]] }
                let pattern = FieldPattern(
                    path: path, matchers: matchers, text: Array(text[start..<tokens.position]))
                for place in branches.indices { branches[place][path] = pattern }
                return
            case .objectStart: matchers.append(try expression())
            case .string(let text): matchers.append(IPAddress(text.span).map { .address($0) } ?? .string(text))
            case .number(let text): matchers.append(.number(text, ComparableNumber(text.span)))
            case .literal(let text): matchers.append(.literal(text))
            default: throw .badValue
            }
        }
    }

    /// A value that matches too many beginnings of wildcards at a time would cost too much.
    private func checkComplexity(of branches: [PatternBranch]) throws(PatternFlaw) {
        for branch in branches {
            for field in branch.fields {
                let complexity = WildcardComplexity(of: field.matchers, limit: limits.wildcardComplexity)
                guard complexity.isWithinLimit else { throw .tooComplex }
            }
        }
    }

    private static let or = Array("$or".utf8)

    /// Names that fields inside `$or` cannot have: those of operators, also of some to come.
    private static let reserved = Set(
        [
            "exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric",
            "cidr",
            "=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case", "date-after",
            "date-on-or-after", "date-before", "date-on-or-before", "in-date-range", "ip-address-in-range",
            "ip-address-not-in-range",
        ].map { Array($0.utf8) })
}
