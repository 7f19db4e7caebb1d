/// What keeps messages of a mapping from being done, as `LastProcessingResult` tells it.
struct SourceProblem: Equatable, Sendable {
    enum Kind: Sendable {
        /// No messages are taken.
        case obstacle
        /// The last call has failed.
        case failure
    }

    let kind: Kind
    let sentence: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        sentence = "PROBLEM: \(text)"
    }
}
