/// Which events a rule is about: the pattern language of EventBridge, which event source mappings and topics share.
///
/// The reference is aws/event-ruler. A pattern names fields; each must have a value that one of its alternatives
/// matches, and values inside arrays of objects must come from the same element. Fields are told apart by their joined
/// names only: `{"a":{"b":…}}` and `{"a.b":…}` are the same, in patterns and in events.
package struct EventPattern: Hashable, Sendable {
    /// Any of these makes an event match: the combinations of all `$or`.
    let branches: [PatternBranch]

    /// Reads a pattern and finds all that the service would refuse.
    package init(parsing text: String, limits: PatternLimits = .events) throws(PatternError) {
        var parser = PatternParser(Array(text.utf8), limits: limits)
        branches = try parser.pattern()
    }

    /// One branch by itself.
    init(_ branch: PatternBranch) { branches = [branch] }
}

/// What all must hold for an event to match.
struct PatternBranch: Hashable, Sendable {
    /// In the order of their names, compared as UTF-16: absence is judged by what was found in the fields before.
    let fields: [FieldPattern]

    init(_ fields: [FieldPattern]) {
        self.fields = fields.sorted { left, right in left.precedes(right) }
    }
}

/// A field and what its value may be.
struct FieldPattern: Hashable, Sendable {
    /// The names from the outside in, joined with points.
    let path: [UInt8]
    let matchers: [ValueMatcher]
    /// The alternatives as they are written, for explanations; it makes no difference between fields.
    let text: [UInt8]

    static func == (left: FieldPattern, right: FieldPattern) -> Bool {
        left.path == right.path && left.matchers == right.matchers
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(path)
        hasher.combine(matchers)
    }

    fileprivate func precedes(_ other: FieldPattern) -> Bool {
        let isASCII = path.allSatisfy { $0 < 0x80 } && other.path.allSatisfy { $0 < 0x80 }
        if isASCII { return path.lexicographicallyPrecedes(other.path) }
        return String(decoding: path, as: UTF8.self).utf16.lexicographicallyPrecedes(
            String(decoding: other.path, as: UTF8.self).utf16)
    }
}
