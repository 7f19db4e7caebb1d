/// What a state of failure says.
package struct FailBody: Sendable {
    package let error: Setting<String>?
    package let cause: Setting<String>?
}
