import Core
import NIOCore

/// How a call ended.
package enum EgressOutcome: Equatable, Sendable {
    case answered(status: Int)
    /// A tunnel, WebSocket or service connection that both sides ended.
    case passed
    case refused(EgressRefusal)
    /// Ended under way, when an answer could no longer say why.
    case broken(EgressRefusal)
    /// The function went away first.
    case abandoned
}

/// What is kept of one call: whom it went to and what it took, and nothing of what was said.
package struct EgressRecord: Sendable {
    /// The number of the attempt; `nil` for what no rule allowed.
    package var attempt: UInt64?
    package let caller: String
    package let way: EgressAttempt.Way
    /// The host and port as judged; `nil` where the request could not be read.
    package let host: Host?
    package let port: Port?
    package let method: String?
    package let rule: String?
    /// Where the connection went.
    package let address: IPAddress?
    package let bytesOut: Int64
    package let bytesIn: Int64
    package let started: Instant
    package let duration: TimeAmount
    package let outcome: EgressOutcome

    /// Host and port as text; empty where the request could not be read.
    package var target: String {
        guard let host, let port else { return "" }
        return "\(host.text):\(port)"
    }
}
