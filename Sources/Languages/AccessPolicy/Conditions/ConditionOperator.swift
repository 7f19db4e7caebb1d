/// How a condition compares, such as `ForAnyValue:ArnLike` or `NumericLessThanIfExists`.
///
/// Source: IAM user guide, "IAM JSON policy elements: Condition operators".
package struct ConditionOperator: Hashable, Sendable {
    /// What is compared.
    enum Kind: Hashable, Sendable {
        case text(TextPattern.Comparison, wildcards: Bool)
        case numeric(Order)
        case date(Order)
        case bool
        case binary
        case address
        case null
    }

    /// How numbers and dates are compared.
    enum Order: Hashable, Sendable {
        case equal, less, lessOrEqual, greater, greaterOrEqual

        /// Whether `value` stands so to `limit`.
        func holds<Value: Comparable>(_ value: Value, _ limit: Value) -> Bool {
            switch self {
            case .equal: value == limit
            case .less: value < limit
            case .lessOrEqual: value <= limit
            case .greater: value > limit
            case .greaterOrEqual: value >= limit
            }
        }
    }

    /// How many of the request's values must satisfy the condition.
    enum Quantifier: Hashable, Sendable {
        /// The key has one value.
        case one
        case forAllValues
        case forAnyValue
    }

    /// The operator as the policy has it.
    package let text: String
    let kind: Kind
    let isNegated: Bool
    let ifExists: Bool
    let quantifier: Quantifier

    /// Takes an operator's name with its qualifiers; `nil` for one that does not exist.
    package init?(_ text: String) {
        self.text = text
        var name = Bytes.lowered(text)
        quantifier =
            name.take(prefix: "forallvalues:")
            ? .forAllValues : name.take(prefix: "foranyvalue:") ? .forAnyValue : .one
        ifExists = name.take(suffix: "ifexists")
        guard let (kind, negated) = Self.names[name], kind != .null || !ifExists && quantifier == .one else {
            return nil
        }
        self.kind = kind
        isNegated = negated
    }

    private static let names: [String: (Kind, negated: Bool)] = [
        "stringequals": (.text(.exact, wildcards: false), false),
        "stringnotequals": (.text(.exact, wildcards: false), true),
        "stringequalsignorecase": (.text(.folded, wildcards: false), false),
        "stringnotequalsignorecase": (.text(.folded, wildcards: false), true),
        "stringlike": (.text(.exact, wildcards: true), false),
        "stringnotlike": (.text(.exact, wildcards: true), true),
        "arnequals": (.text(.arn, wildcards: true), false),
        "arnnotequals": (.text(.arn, wildcards: true), true),
        "arnlike": (.text(.arn, wildcards: true), false),
        "arnnotlike": (.text(.arn, wildcards: true), true),
        "numericequals": (.numeric(.equal), false),
        "numericnotequals": (.numeric(.equal), true),
        "numericlessthan": (.numeric(.less), false),
        "numericlessthanequals": (.numeric(.lessOrEqual), false),
        "numericgreaterthan": (.numeric(.greater), false),
        "numericgreaterthanequals": (.numeric(.greaterOrEqual), false),
        "dateequals": (.date(.equal), false),
        "datenotequals": (.date(.equal), true),
        "datelessthan": (.date(.less), false),
        "datelessthanequals": (.date(.lessOrEqual), false),
        "dategreaterthan": (.date(.greater), false),
        "dategreaterthanequals": (.date(.greaterOrEqual), false),
        "bool": (.bool, false),
        "binaryequals": (.binary, false),
        "ipaddress": (.address, false),
        "notipaddress": (.address, true),
        "null": (.null, false),
    ]
}

extension String {
    /// Takes a prefix of ASCII off, if it is there.
    fileprivate mutating func take(prefix: String) -> Bool {
        guard utf8.starts(with: prefix.utf8) else { return false }
        self = String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
        return true
    }

    /// Takes a suffix of ASCII off, if it is there.
    fileprivate mutating func take(suffix: String) -> Bool {
        guard utf8.reversed().starts(with: suffix.utf8.reversed()) else { return false }
        self = String(decoding: utf8.dropLast(suffix.utf8.count), as: UTF8.self)
        return true
    }
}
