/// What a rule of a choice asks.
package indirect enum Condition: Sendable {
    case and([Condition])
    case or([Condition])
    case not(Condition)
    case comparison(variable: PathExpression, Comparison)
    /// `Condition` of JSONata.
    case expression(JSONataSnippet)
    /// `Condition` of JSONata that is written out.
    case fixed(Bool)
}
