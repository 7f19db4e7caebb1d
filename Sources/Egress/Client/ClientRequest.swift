import NIOCore

/// What the host process asks of something outside.
package struct ClientRequest: Sendable {
    package var method = "POST"
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Bytes of the answer's body that are read; with none the answer ends at its head, and a longer body is an error.
    package var answerLimit = 0
    /// From the beginning to the end of what is read.
    package var patience = TimeAmount.seconds(15)

    /// Posts a body and reads the head of the answer.
    package init(headers: [(name: String, value: String)], body: [UInt8]) {
        self.headers = headers
        self.body = body
    }

    /// Asks something, and reads the whole of an answer of at most so many bytes, within so many seconds.
    package init(
        _ method: String, headers: [(name: String, value: String)], body: [UInt8], answerLimit: Int, seconds: Int64
    ) {
        self.init(headers: headers, body: body)
        self.method = method
        self.answerLimit = answerLimit
        patience = .seconds(seconds)
    }
}

/// What something outside answered.
package struct ClientAnswer: Sendable {
    package let status: Int
    /// The words behind the status.
    package let reason: String
    package let body: [UInt8]
    private let head: MessageHead

    init(_ response: ServerResponse, body: [UInt8]) {
        status = response.status
        head = response.head
        reason = String(response.head.text(response.statusLine).dropFirst(4))
        self.body = body
    }

    /// All headers as they came; a name may come several times.
    package var headers: [(name: String, value: String)] {
        head.fields.map { (head.text($0.name), head.text($0.value)) }
    }

    /// The value of the first header of a name, which is in lower case.
    package func header(_ name: StaticString) -> String? {
        head.fields.first { head.part($0.name, isAnyCase: name) }.map { head.text($0.value) }
    }
}
