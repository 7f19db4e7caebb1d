import Core

/// A message that would have called a function again which the message itself comes from, once too often.
///
/// Source: AWS Lambda developer guide, "Use Lambda recursive loop detection to prevent infinite loops": after about
/// sixteen calls of a function in one chain the next one is not made.
package struct LoopEnd: Sendable {
    /// Calls of one function in one chain.
    package static let limit = 16

    package let function: FunctionKey
    package let queue: QueueAddress
    /// Where the call would have stood, with the chain of calls that leads to it.
    package let descent: Descent
    /// Whether the message lies in the queue's dead-letter queue now; it is gone where there is none.
    package let isKept: Bool

    /// The reason as people read it, with the chain.
    package var message: String {
        "A loop was ended: \(function.name) was called \(descent.visits(of: function)) times in one chain "
            + "(\(descent.way)), and the message that would call it again "
            + (isKept ? "went to the dead-letter queue of \(queue.name)." : "was deleted.")
    }
}
