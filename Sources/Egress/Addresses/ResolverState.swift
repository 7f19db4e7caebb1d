import NIOCore

/// What a resolver knows, and who waits for what.
struct ResolverState: Sendable {
    /// What to do about a question.
    enum Step: Sendable {
        case known([IPAddress])
        /// Somebody has asked already.
        case wait
        case start
        case busy
    }

    private struct Answer: Sendable {
        let addresses: [IPAddress]
        let until: NIODeadline
    }

    /// Names that are remembered.
    static let memory = 4096
    /// Names that are being looked up.
    static let limit = 256
    /// Who waits for one of them.
    static let waiterLimit = 1024
    /// For how long an answer is good.
    static let freshness = TimeAmount.seconds(10)
    private static let failureFreshness = TimeAmount.seconds(2)

    private let freshness: TimeAmount
    private var answers: [String: Answer] = [:]
    private var waiters: [String: [EventLoopPromise<[IPAddress]>]] = [:]

    /// Knows no names yet.
    init(freshness: TimeAmount = ResolverState.freshness) { self.freshness = freshness }

    /// Somebody wants the addresses of a name.
    mutating func ask(_ name: HostName, _ promise: EventLoopPromise<[IPAddress]>, now: NIODeadline) -> Step {
        if let answer = answers[name.text], now < answer.until { return .known(answer.addresses) }
        guard let waiting = waiters[name.text]?.count else {
            guard waiters.count < Self.limit else { return .busy }
            waiters[name.text] = [promise]
            return .start
        }
        guard waiting < Self.waiterLimit else { return .busy }
        waiters[name.text]?.append(promise)
        return .wait
    }

    /// The addresses of a name are known, or that it has none; who has waited for them.
    mutating func answered(
        _ name: HostName, _ addresses: [IPAddress], now: NIODeadline
    ) -> [EventLoopPromise<[IPAddress]>] {
        if answers.count >= Self.memory {
            answers = answers.filter { now < $0.value.until }
            if answers.count >= Self.memory { answers = [:] }
        }
        let freshness = addresses.isEmpty ? Self.failureFreshness : freshness
        answers[name.text] = Answer(addresses: addresses, until: now + freshness)
        return waiters.removeValue(forKey: name.text) ?? []
    }
}
