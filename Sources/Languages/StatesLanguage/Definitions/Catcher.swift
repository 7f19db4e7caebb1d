/// Which errors lead on to another state, and with what data.
package struct Catcher: Sendable {
    package let errors: [String]
    package let next: String
    package let resultPath: ResultPath
    package let output: Template?
    package let assign: Template?
}
