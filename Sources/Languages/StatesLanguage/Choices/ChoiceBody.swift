/// The rules of a choice, tried in order, and where to go if none holds.
package struct ChoiceBody: Sendable {
    package let rules: [ChoiceRule]
    package let defaultState: String?
}

/// One rule: if it holds, its state is the next one.
package struct ChoiceRule: Sendable {
    package let condition: Condition
    package let next: String
    package let assign: Template?
    package let output: Template?
}
