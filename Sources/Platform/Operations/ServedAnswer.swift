import Core

/// What a call of an operation gave.
package struct ServedAnswer: Sendable {
    /// An object with the names of the SDKs.
    package let output: JSON
    /// What a request over HTTP would have been answered with.
    package let status: Int
    package let contentType: String
    /// Bytes of that answer's body.
    package let size: Int
    /// The time of the answer, as HTTP has it.
    package let date: String

    /// Takes what is known of the answer.
    package init(
        _ output: JSON, status: Int = 200, contentType: String = "application/json", size: Int = 0, date: String = ""
    ) {
        self.output = output
        self.status = status
        self.contentType = contentType
        self.size = size
        self.date = date
    }
}
