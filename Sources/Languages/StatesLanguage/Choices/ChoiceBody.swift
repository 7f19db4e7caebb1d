/// The rules of a choice, tried in order, and where to go if none holds.
package struct ChoiceBody: Sendable {
    package let rules: [ChoiceRule]
    package let defaultState: String?
}
