/// What a part of an expression is; parts are given by number.
enum NodeKind: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case name(String)
    /// Without its dollar sign: empty for the context, `$` for the input.
    case variable(String)
    case wildcard
    case descendants
    case parent(slot: Int)
    case regex(RegularExpression)
    case path([Int])
    case negation(Int)
    case array([Int])
    case object([Node.Pair])
    case binary(BinaryOperator, Int, Int)
    case block([Int])
    case condition(Int, then: Int, otherwise: Int?)
    /// What `a ?: b` is.
    case truthyOr(Int, Int)
    /// What `a ?? b` is.
    case definedOr(Int, Int)
    case binding(String, Int)
    case call(Int, [Int])
    /// `nil` stands for `?`.
    case partial(Int, [Int?])
    case lambda(Definition)
    case application(Int, Int)
    case sort([SortTerm])
    case transform(pattern: Int, update: Int, delete: Int?)
    /// Where an expression ended too early; never evaluated.
    case missing

    /// A function that is defined.
    struct Definition: Hashable, Sendable {
        let parameters: [String]
        let signature: Signature?
        let body: Int
    }

    /// One of the terms to order by.
    struct SortTerm: Hashable, Sendable {
        let expression: Int
        let isDescending: Bool
    }

    /// How errors call it.
    var name: String {
        switch self {
        case .null, .bool: "value"
        case .number: "number"
        case .string: "string"
        case .name: "name"
        case .variable: "variable"
        case .wildcard: "wildcard"
        case .descendants: "descendant"
        case .parent: "parent"
        case .regex: "regex"
        case .path: "path"
        case .negation, .array, .object: "unary"
        case .binary: "binary"
        case .block: "block"
        case .condition, .truthyOr, .definedOr: "condition"
        case .binding: "bind"
        case .call: "function"
        case .partial: "partial"
        case .lambda: "lambda"
        case .application: "apply"
        case .sort: "sort"
        case .transform: "transform"
        case .missing: "(end)"
        }
    }
}
