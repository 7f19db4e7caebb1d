import Core

/// The answer to a request of the host process; its body is empty where nobody asked for it.
package struct WebAnswer: Sendable {
    package let status: Int
    /// The words behind the status.
    package let reason: String
    /// As they came; a name may come several times.
    package let headers: [(name: String, value: String)]
    package internal(set) var body: [UInt8] = []

    init(_ response: ServerResponse) {
        status = response.status
        reason = String(response.head.text(response.statusLine).dropFirst(4))
        headers = response.head.fields.map { (response.head.text($0.name), response.head.text($0.value)) }
    }
}
