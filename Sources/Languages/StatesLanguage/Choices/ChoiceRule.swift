/// One rule: if it holds, its state is the next one.
package struct ChoiceRule: Sendable {
    package let condition: Condition
    package let next: String
    package let assign: Template?
    package let output: Template?
}
