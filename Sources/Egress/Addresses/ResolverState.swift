import NIOCore

/// What a resolver knows, who waits for what, and whose turn it is.
///
/// Each asker has a few look-ups under way at a time, and the rest of its own waits behind them: names that a hostile name
/// server never answers take the turns of who asks for them, and of nobody else.
struct ResolverState: Sendable {
    /// Who asks; all sandboxes of a function are one.
    typealias Asker = ObjectIdentifier

    /// What to do about a question.
    enum Step: Sendable {
        case known([IPAddress])
        /// It is being asked already, or has to wait for its turn.
        case wait
        case start
        case busy
    }

    private struct Answer: Sendable {
        let addresses: [IPAddress]
        let until: NIODeadline
    }

    private struct Question {
        var waiters: [EventLoopPromise<[IPAddress]>]
        /// Whose turn it takes, once it is asked.
        var asker: Asker?
    }

    private struct Turns {
        var running = 0
        var waiting: [HostName] = []
    }

    /// Names that are remembered.
    static let memory = 4096
    /// Names that are being looked up, or wait for it.
    static let limit = 4096
    /// Of one asker: names that are looked up at a time, and those that wait behind them.
    static let turns = 2
    static let waitingLimit = 64
    /// Who waits for one name.
    static let waiterLimit = 1024
    /// For how long an answer is good.
    static let freshness = TimeAmount.seconds(10)
    private static let failureFreshness = TimeAmount.seconds(2)

    private let freshness: TimeAmount
    private var answers: [String: Answer] = [:]
    private var questions: [String: Question] = [:]
    private var askers: [Asker: Turns] = [:]

    /// Knows no names yet.
    init(freshness: TimeAmount = ResolverState.freshness) { self.freshness = freshness }

    /// Somebody wants the addresses of a name.
    mutating func ask(
        _ name: HostName, _ promise: EventLoopPromise<[IPAddress]>, by asker: Asker, now: NIODeadline
    ) -> Step {
        if let answer = answers[name.text], now < answer.until { return .known(answer.addresses) }
        let turns = askers[asker, default: Turns()]
        if let question = questions[name.text] {
            guard question.waiters.count < Self.waiterLimit else { return .busy }
            questions[name.text]?.waiters.append(promise)
            // It may wait behind somebody else's.
            guard question.asker == nil, turns.running < Self.turns else { return .wait }
        } else {
            guard questions.count < Self.limit, turns.waiting.count < Self.waitingLimit else { return .busy }
            questions[name.text] = Question(waiters: [promise])
            guard turns.running < Self.turns else {
                askers[asker, default: Turns()].waiting.append(name)
                return .wait
            }
        }
        start(name, asker)
        return .start
    }

    /// The addresses of a name are known, or that it has none: who has waited for them, and what is to be asked next.
    mutating func answered(
        _ name: HostName, _ addresses: [IPAddress], now: NIODeadline
    ) -> (waiters: [EventLoopPromise<[IPAddress]>], next: HostName?) {
        if answers.count >= Self.memory {
            answers = answers.filter { now < $0.value.until }
            if answers.count >= Self.memory { answers = [:] }
        }
        let freshness = addresses.isEmpty ? Self.failureFreshness : freshness
        answers[name.text] = Answer(addresses: addresses, until: now + freshness)
        guard let question = questions.removeValue(forKey: name.text) else { return ([], nil) }
        return (question.waiters, question.asker.flatMap { next(of: $0) })
    }

    private mutating func start(_ name: HostName, _ asker: Asker) {
        questions[name.text]?.asker = asker
        askers[asker, default: Turns()].running += 1
    }

    /// Gives a turn back; the name that has it now.
    private mutating func next(of asker: Asker) -> HostName? {
        guard var turns = askers.removeValue(forKey: asker) else { return nil }
        turns.running -= 1
        // Somebody else may have taken its turn for one of them by now.
        let next = turns.waiting.firstIndex { questions[$0.text].map { $0.asker == nil } ?? false }
        let name = next.map { turns.waiting[$0] }
        turns.waiting.removeFirst(next.map { $0 + 1 } ?? turns.waiting.count)
        if turns.running > 0 || name != nil { askers[asker] = turns }
        if let name { start(name, asker) }
        return name
    }
}
