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
    /// The host and port as judged; empty where the request could not be read.
    package let target: String
    package let method: String?
    package let rule: String?
    /// Where the connection went.
    package let address: IPAddress?
    package let bytesOut: Int64
    package let bytesIn: Int64
    package let started: Instant
    package let duration: TimeAmount
    package let outcome: EgressOutcome
}
