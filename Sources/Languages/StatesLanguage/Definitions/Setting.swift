/// A setting of a state that is fixed, or comes out of its data.
package enum Setting<Value: Sendable>: Sendable {
    case fixed(Value)
    case path(PathExpression)
    case expression(JSONataSnippet)
}
