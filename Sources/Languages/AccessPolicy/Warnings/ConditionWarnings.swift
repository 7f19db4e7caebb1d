import Core

/// Finds conditions of one statement that can never hold together.
struct ConditionWarnings {
    private let conditions: [Condition]
    private let place: String

    /// Takes the conditions of the statement at a place.
    init(_ conditions: [Condition], place: String) {
        self.conditions = conditions
        self.place = place
    }

    /// Everything found.
    var all: [PolicyWarning] {
        var found: [PolicyWarning] = []
        for (index, condition) in conditions.enumerated() {
            found += alone(condition)
            for earlier in conditions[..<index]
            where earlier.key == condition.key && Self.contradict(earlier, condition) {
                found.append(warning(condition, .contradiction(key: condition.key.text)))
            }
        }
        return found
    }

    private func alone(_ condition: Condition) -> [PolicyWarning] {
        if condition.isEmpty, !condition.comparison.isNegated, condition.comparison.quantifier != .forAllValues {
            return condition.comparison.ifExists ? [] : [warning(condition, .noValues)]
        }
        guard case .texts(let patterns) = condition.values else { return [] }
        return patterns.filter { $0.comparison == .arn && !condition.comparison.isNegated }.compactMap { pattern in
            ARNSegments.impossible(in: pattern).map { warning(condition, .impossibleARN(segment: $0)) }
        }
    }

    private func warning(_ condition: Condition, _ reason: PolicyWarning.Reason) -> PolicyWarning {
        PolicyWarning(
            place: "\(place).Condition.\(condition.comparison.text).\(condition.key.text)", reason: reason)
    }

    private static func contradict(_ left: Condition, _ right: Condition) -> Bool {
        if case .absence(let wanted) = left.values { return contradict(absence: wanted, right) }
        if case .absence(let wanted) = right.values { return contradict(absence: wanted, left) }
        guard left.isPlain, right.isPlain else { return false }
        switch (left.values, right.values) {
        case (.texts(let one), .texts(let other)):
            return contradict(left, one, right, other) || contradict(right, other, left, one)
        case (.numbers(let one), .numbers(let other)):
            return contradict(left, one, right, other) || contradict(right, other, left, one)
        case (.instants(let one), .instants(let other)):
            return contradict(left, one, right, other) || contradict(right, other, left, one)
        default: return false
        }
    }

    /// A key that must be absent, and a condition that holds only where it is there; or the reverse.
    private static func contradict(absence wanted: [Bool], _ other: Condition) -> Bool {
        if case .absence(let alsoWanted) = other.values { return Set(wanted).isDisjoint(with: alsoWanted) }
        guard !wanted.contains(false), !other.comparison.ifExists else { return false }
        switch other.comparison.quantifier {
        case .one: return !other.comparison.isNegated
        case .forAnyValue: return true
        case .forAllValues: return false
        }
    }

    /// Texts of which the key must be one, and none of which the other condition admits.
    private static func contradict(
        _ left: Condition, _ texts: [TextPattern], _ right: Condition, _ others: [TextPattern]
    ) -> Bool {
        guard !left.comparison.isNegated, texts.allSatisfy(\.isLiteral), others.allSatisfy(\.isFixed),
            texts.allSatisfy({ $0.comparison == .exact }), !texts.isEmpty
        else { return false }
        return texts.allSatisfy { text in
            let isMatched = others.contains { $0.match(text.text.utf8.span, { _ in nil }) == .yes }
            return isMatched == right.comparison.isNegated
        }
    }

    /// A lower limit that is beyond an upper one.
    private static func contradict<Value: Comparable>(
        _ left: Condition, _ lower: [Value], _ right: Condition, _ upper: [Value]
    ) -> Bool {
        guard let low = left.order, let high = right.order, let least = lower.min(), let most = upper.max(),
            !left.comparison.isNegated, !right.comparison.isNegated
        else { return false }
        switch (low, high) {
        case (.greaterOrEqual, .lessOrEqual): return least > most
        case (.greater, .less), (.greater, .lessOrEqual), (.greaterOrEqual, .less): return least >= most
        case (.equal, .less): return least >= most
        case (.equal, .lessOrEqual): return least > most
        default: return false
        }
    }
}

extension Condition {
    fileprivate var isPlain: Bool { comparison.quantifier == .one && !comparison.ifExists }

    fileprivate var isEmpty: Bool {
        switch values {
        case .texts(let values): values.isEmpty
        case .numbers(let values): values.isEmpty
        case .instants(let values): values.isEmpty
        case .ranges(let values): values.isEmpty
        case .binaries(let values): values.isEmpty
        case .absence(let values): values.isEmpty
        }
    }
}
