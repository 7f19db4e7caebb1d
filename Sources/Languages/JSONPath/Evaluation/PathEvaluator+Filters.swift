import Core

extension PathEvaluator {
    /// Whether a filter takes a node with this value.
    mutating func holds(_ expression: FilterExpression, for current: JSON) throws(PathLimitExceeded) -> Bool {
        try count()
        switch expression {
        case .or(let parts):
            for part in parts where try holds(part, for: current) { return true }
            return false
        case .and(let parts):
            for part in parts where try !holds(part, for: current) { return false }
            return true
        case .not(let part): return try !holds(part, for: current)
        case .exists(let query): return try !nodes(of: query, current).isEmpty
        case .comparison(let left, let comparison, let right):
            return try compare(value(of: left, current), comparison, value(of: right, current))
        case .matches(let text, let pattern, let whole):
            guard case .string(let text)? = try value(of: text, current) else { return false }
            guard let regexp = try regexp(of: pattern, current) else { return false }
            let matches = regexp.matches(text, whole: whole, budget: &matchingBudget)
            guard matchingBudget >= 0 else { throw PathLimitExceeded(limit: PathLimits.matching) }
            return matches
        }
    }

    private mutating func nodes(of query: FilterQuery, _ current: JSON) throws(PathLimitExceeded) -> [PathNode] {
        try nodes(of: query.segments, from: query.isAbsolute ? document : current)
    }

    /// The value of an operand; `nil` is nothing, which equals only itself.
    private mutating func value(of operand: FilterOperand, _ current: JSON) throws(PathLimitExceeded) -> JSON? {
        switch operand {
        case .literal(let value): return value
        case .query(let query):
            let found = try nodes(of: query, current)
            guard found.count == 1 else { return nil }
            return found[0].value
        case .count(let query): return .number(JSONNumber(Int64(try nodes(of: query, current).count)))
        case .length(let operand):
            return try value(of: operand, current).flatMap(Self.length).map { .number(JSONNumber(Int64($0))) }
        }
    }

    private static func length(_ value: JSON) -> Int? {
        switch value {
        case .string(let text): text.unicodeScalars.count
        case .array(let elements): elements.count
        case .object(let members): members.count
        case .null, .bool, .number: nil
        }
    }

    private mutating func regexp(of pattern: FilterPattern, _ current: JSON) throws(PathLimitExceeded) -> Regexp? {
        switch pattern {
        case .fixed(let regexp): return regexp
        case .dynamic(let operand):
            guard case .string(let text)? = try value(of: operand, current) else { return nil }
            // Compiling is work as well.
            try count(text.utf8.count)
            return Regexp(text)
        }
    }

    private mutating func compare(
        _ left: JSON?, _ comparison: ComparisonOperator, _ right: JSON?
    ) throws(PathLimitExceeded) -> Bool {
        switch comparison {
        case .equal: return try equal(left, right)
        case .notEqual: return try !equal(left, right)
        case .less: return less(left, right)
        case .greater: return less(right, left)
        case .lessOrEqual: return less(left, right) ? true : try equal(left, right)
        case .greaterOrEqual: return less(right, left) ? true : try equal(left, right)
        }
    }

    private func less(_ left: JSON?, _ right: JSON?) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): left.isLess(than: right)
        case (.string(let left), .string(let right)):
            left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
        default: false
        }
    }

    private mutating func equal(_ left: JSON?, _ right: JSON?) throws(PathLimitExceeded) -> Bool {
        try count()
        switch (left, right) {
        case (.number(let left), .number(let right)): return left.isEqual(to: right)
        case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return false }
            for (one, other) in zip(left, right) where try !equal(one, other) { return false }
            return true
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            for member in left.members {
                guard let other = right[member.key], try equal(member.value, other) else { return false }
            }
            return true
        default: return left == right
        }
    }
}
