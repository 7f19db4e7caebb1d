/// What a variable is compared with, and how.
package enum Comparison: Sendable {
    /// How two values are ordered.
    package enum Order: String, Hashable, Sendable, CaseIterable {
        case equals = "Equals"
        case lessThan = "LessThan"
        case greaterThan = "GreaterThan"
        case lessThanEquals = "LessThanEquals"
        case greaterThanEquals = "GreaterThanEquals"
    }

    /// A value that is written out, or found by a path.
    package enum Operand<Value: Sendable>: Sendable {
        case fixed(Value)
        case path(PathExpression)
    }

    case string(Order, Operand<String>)
    case numeric(Order, Operand<Double>)
    case timestamp(Order, Operand<Timestamp>)
    case boolean(Operand<Bool>)
    /// Pieces between wildcards.
    case matches([String])
    case isNull(Bool)
    case isPresent(Bool)
    case isNumeric(Bool)
    case isString(Bool)
    case isBoolean(Bool)
    case isTimestamp(Bool)
}
