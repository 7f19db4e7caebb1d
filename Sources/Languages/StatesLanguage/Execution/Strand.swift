import Core

/// One run through a flow: that of the machine itself, of a branch, or of an item of a map.
struct Strand: Sendable {
    /// What a strand does next.
    enum Step: Sendable {
        case enter(state: String, input: JSON)
        /// Does what the state says, for the first time or again.
        case perform
        /// Until something is reported.
        case wait
    }

    /// Whose part it is, and which.
    struct Parent: Hashable, Sendable {
        let strand: Int
        let place: Int
    }

    let flow: Flow
    let parent: Parent?
    var variables: [String: JSON]
    /// The context object's member `Map`, in the item of a map.
    var mapContext: JSON?
    var step: Step
    /// The event that the next one follows.
    var lastEvent: Int
    var state = ""
    var input: JSON = .null
    var enteredEvent = 0
    /// The event before the state was entered.
    var eventBeforeEntry = 0
    var enteredAt = Instant(milliseconds: 0)
    /// How often each retrier has tried again since the state was entered.
    var attempts: [Int] = []
    /// What is done in the state and not over yet.
    var work: Int?
    var container: Container?
    /// The ARN of the distributed map's run that the state has begun.
    var mapRun: String?

    init(flow: Flow, parent: Parent?, variables: [String: JSON], input: JSON, lastEvent: Int) {
        self.flow = flow
        self.parent = parent
        self.variables = variables
        self.lastEvent = lastEvent
        step = .enter(state: flow.startAt, input: input)
    }
}
