import Core

/// An execution of a state machine: what has happened goes in, what is to be done comes out.
///
/// Pure: no clock, no tasks, no I/O. The owner does what the commands say and reports what happened. The same reports
/// at the same times bring an execution into the same state again, so that an owner needs to keep nothing else.
package struct Execution: Sendable {
    package let machine: StateMachine
    package let input: JSON
    package let startedAt: Instant
    package internal(set) var status = ExecutionStatus.running
    /// The events since they were last taken, in order.
    package internal(set) var newEvents: [HistoryEvent] = []

    let identity: ExecutionIdentity
    var context: JSONObject
    var evaluation: Evaluation
    var strands: [Int: Strand] = [:]
    var nextStrand = 1
    var nextWork = 1
    var nextEvent = 1
    /// Whose work each number is; the timeout of the whole belongs to no strand.
    var works: [Int: Work] = [:]
    var ready: [Int] = []
    var commands: [Command] = []
    /// How often the execution went on after it had failed.
    package internal(set) var redrives = 0
    /// What an error has ended so far on its way up; forgotten where it is dealt with.
    var fallen: [Int: Strand] = [:]
    /// What ran when the execution ended without success: where a redrive goes on.
    var stopped: [Int: Strand] = [:]
    /// How much data all its events so far hold, in bytes.
    package private(set) var toldBytes = 0
    var now: Instant

    /// What a number stands for.
    enum Work: Sendable {
        case task(strand: Int, TaskTarget)
        case timer(strand: Int)
        case retry(strand: Int)
        case mapRun(strand: Int)
        case timeout
    }

    static let root = 0

    /// Begins an execution; `start` makes its first commands.
    package init(
        of machine: StateMachine, identity: ExecutionIdentity, input: JSON, at time: Instant, surroundings: Surroundings
    ) {
        self.machine = machine
        self.identity = identity
        self.input = input
        startedAt = time
        now = time
        context = identity.context(input: input, startedAt: time, redrives: 0)
        evaluation = Evaluation(surroundings: surroundings, chance: Chance(identity.id), now: time)
    }

    /// Enters the first state.
    package mutating func start() -> [Command] {
        emit(
            "ExecutionStarted", after: 0, "executionStartedEventDetails",
            [("input", .string(input.text)), Self.untruncated("inputDetails"), ("roleArn", .string(identity.role))])
        strands[Self.root] = Strand(flow: machine.flow, parent: nil, variables: [:], input: input, lastEvent: 0)
        ready = [Self.root]
        startTimeout()
        return proceed()
    }

    /// Begins the time that the whole may take.
    mutating func startTimeout() {
        guard let seconds = machine.timeoutSeconds else { return }
        startTimer(.timeout, at: now.advanced(milliseconds: Int64(seconds) * 1000))
    }

    /// Goes on after `resume` was asked for: a report as any other, which is replayed at the same place.
    package mutating func resume(at time: Instant) -> [Command] {
        guard status == .running else { return [] }
        now = max(now, time)
        evaluation.now = now
        return proceed()
    }

    /// Takes what happened at a time, and says what to do; reports about what is over change nothing.
    package mutating func handle(_ occurrence: Occurrence, at time: Instant) -> [Command] {
        guard status == .running else { return [] }
        now = max(now, time)
        evaluation.now = now
        evaluation.renew()
        take(occurrence)
        return proceed()
    }

    /// The events since they were last taken.
    package mutating func takeEvents() -> [HistoryEvent] {
        let events = newEvents
        newEvents = []
        return events
    }

    /// Lets every strand go on that can, until so much has happened that the owner should keep it first.
    mutating func proceed() -> [Command] {
        var place = 0
        let firstEvent = nextEvent
        let firstByte = toldBytes
        while status == .running, place < ready.count {
            guard nextEvent - firstEvent < Self.eventsAtOnce, toldBytes - firstByte < Self.eventBytesAtOnce else {
                commands.append(.resume)
                break
            }
            let strand = ready[place]
            place += 1
            // What one step makes is bounded; a loop is bounded by the history.
            evaluation.renew()
            step(strand)
        }
        ready.removeFirst(min(place, ready.count))
        defer { commands = [] }
        return commands
    }

    /// How many events, and how many bytes of data in them, are made before the owner keeps them.
    private static let eventsAtOnce = 400
    private static let eventBytesAtOnce = 16 * LanguageLimits.payload

    private mutating func step(_ id: Int) {
        guard let strand = strands[id] else { return }
        switch strand.step {
        case .wait: break
        case .perform: perform(id)
        case .enter(let name, let input): enter(id, name, input)
        }
    }

    private mutating func enter(_ id: Int, _ name: String, _ input: JSON) {
        guard var strand = strands[id], let state = strand.flow.states[name] else { return }
        strand.state = name
        strand.input = input
        strand.enteredAt = now
        strand.attempts = Array(repeating: 0, count: state.retriers.count)
        strand.mapRun = nil
        strand.eventBeforeEntry = strand.lastEvent
        strand.step = .perform
        strands[id] = strand
        let event = emit(
            state.kind.rawValue + "StateEntered", after: strand.lastEvent, "stateEnteredEventDetails",
            [("name", .string(name)), ("input", .string(input.text)), Self.untruncated("inputDetails")])
        strands[id]?.lastEvent = event
        strands[id]?.enteredEvent = event
        if status == .running { perform(id) }
    }

    /// Notes an event and gives its number; the history is bounded, and past its end the execution fails.
    @discardableResult
    mutating func emit(
        _ type: String, after previous: Int, _ detailsName: String? = nil, _ details: [(String, JSON)] = []
    ) -> Int {
        if nextEvent >= LanguageLimits.history, status == .running, type != "ExecutionFailed" {
            endForHistory(after: previous)
            return previous
        }
        guard status == .running else { return previous }
        let event = HistoryEvent(
            id: nextEvent, previousID: previous, time: now, type: type, detailsName: detailsName,
            details: JSONObject(details))
        newEvents.append(event)
        for detail in details { toldBytes += detail.1.string?.utf8.count ?? 0 }
        nextEvent += 1
        return event.id
    }

    /// Ends the whole because too much has happened, or runs, for a history.
    mutating func endForHistory(after previous: Int) {
        let cause = "The execution reached the maximum number of history events (\(LanguageLimits.history))."
        end(failure: StateFailure(reported: ErrorName.runtime, cause: cause), after: previous)
    }

    /// The member that says that data is whole.
    static func untruncated(_ name: String) -> (String, JSON) {
        (name, .object(JSONObject([("truncated", false)])))
    }

    /// Ends the whole with an error.
    mutating func end(failure: StateFailure, after previous: Int) {
        var details: [(String, JSON)] = []
        if let error = failure.error { details.append(("error", .string(error))) }
        if let cause = failure.cause { details.append(("cause", .string(cause))) }
        emit("ExecutionFailed", after: previous, "executionFailedEventDetails", details)
        end(.failed(error: failure.error, cause: failure.cause))
    }

    /// Ends the whole; what still runs is cancelled.
    mutating func end(_ status: ExecutionStatus) {
        guard self.status == .running else { return }
        for work in works.keys.sorted() { commands.append(.cancel(work: work)) }
        works = [:]
        if case .succeeded = status {} else { stopped = strands.merging(fallen) { $1 } }
        strands = [:]
        fallen = [:]
        self.status = status
        commands.append(.end)
    }

    /// Gives work a number.
    mutating func begin(_ work: Work) -> Int {
        let number = nextWork
        nextWork += 1
        works[number] = work
        return number
    }

    /// Has a timer reported as work.
    mutating func startTimer(_ work: Work, at time: Instant) {
        commands.append(.startTimer(work: begin(work), at: time))
    }
}
