import Storage

/// Why no messages are taken now.
enum Obstacle: Error {
    /// A call could not begin.
    case room(String)
    case broken(String)
    case store(String)

    init(_ error: EventSourceError) {
        switch error {
        case .storageFailed(let fault): self = .store(fault.words)
        default: self = .broken(error.sentence)
        }
    }

    /// What the mapping's owner sees of it; what passes by itself is not shown.
    var problem: SourceProblem? {
        if case .broken(let sentence) = self { SourceProblem(.obstacle, sentence) } else { nil }
    }

    /// Whether it may be over soon.
    var isShort: Bool { if case .broken = self { false } else { true } }
}

extension EventSourceError {
    /// What an owner is told of an error that keeps messages from a function.
    fileprivate var sentence: String {
        switch self {
        case .functionMissing(let arn): "Function not found: \(arn)"
        case .queueMissing: "The specified queue does not exist."
        case .roleNotAssumable: "The function's execution role cannot be assumed by lambda.amazonaws.com."
        case .notAllowed(let operation):
            "The provided execution role does not have permissions to call \(operation) on SQS"
        default: "\(self)"
        }
    }
}
