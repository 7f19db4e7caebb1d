import Core
import StatesLanguage

/// An execution in memory: its state, what it waits for, and how much of it is kept.
///
/// Pure: it says what one commit has to keep, and is the same again after the same entries.
struct LiveExecution: Sendable {
    /// What was begun for the execution and is not over.
    enum Work: Sendable {
        case task(TaskOrder)
        case timer(Instant)
        case mapRun(MapRunOrder)

        fileprivate var isTimed: Bool {
            switch self {
            case .task(let order): order.timeout != nil || order.heartbeat != nil
            case .timer: true
            case .mapRun: false
            }
        }
    }

    /// What came of some reports, to be kept in one commit.
    struct Stretch: Sendable {
        var entries: [JournalEntry] = []
        var events: [HistoryEvent] = []
        /// What is to be begun.
        var begun: [(number: Int, work: Work)] = []
        /// The timers that are not needed any more, of what was begun before.
        var over: [Int] = []
        /// Tasks that nobody waits for any more.
        var left: [(number: Int, order: TaskOrder)] = []
        /// Whether the execution has to be resumed afterwards.
        var resumes = false

        fileprivate mutating func end(_ number: Int, _ work: Work?) {
            if let place = begun.firstIndex(where: { $0.number == number }) {
                begun.remove(at: place)
            } else if work?.isTimed == true {
                over.append(number)
            }
        }
    }

    /// What was begun and is not over, by number.
    private(set) var open: [Int: Work] = [:]
    /// The tasks among it that were handed over.
    private(set) var submitted: Set<Int> = []
    /// How many reports, and how many events, there are so far.
    private(set) var journal: Int64 = 0
    private(set) var events: Int64 = 0
    /// Whether it goes on as soon as what has happened is kept.
    private(set) var resumes = false
    private var execution: Execution

    /// Takes an execution that has not begun.
    init(_ execution: Execution) { self.execution = execution }

    var status: ExecutionStatus { execution.status }
    var input: JSON { execution.input }
    /// What it holds is not much more than what it has told.
    var toldBytes: Int { execution.toldBytes }
    var isRunning: Bool { execution.status == .running }

    /// Enters the first state.
    mutating func start() -> Stretch {
        var stretch = Stretch()
        follow(execution.start(), &stretch)
        return stretch
    }

    /// Whether a report is about something that is not over.
    func expects(_ occurrence: Occurrence) -> Bool {
        guard isRunning else { return false }
        guard let work = occurrence.work else { return true }
        return open[work] != nil
    }

    /// Takes what happened; what is about something that is over is left out.
    mutating func take(_ occurrences: [Occurrence], at time: Instant) -> Stretch {
        var stretch = Stretch()
        for occurrence in occurrences where expects(occurrence) {
            take(JournalEntry(.occurred(occurrence), at: time), &stretch)
        }
        return stretch
    }

    /// Goes on after `resumes`.
    mutating func resume(at time: Instant) -> Stretch {
        var stretch = Stretch()
        take(JournalEntry(.resumed, at: time), &stretch)
        return stretch
    }

    /// Goes on after it has ended without success; nothing where that cannot be.
    mutating func redrive(at time: Instant) -> Stretch {
        var stretch = Stretch()
        if execution.isRedrivable { take(JournalEntry(.redriven, at: time), &stretch) }
        return stretch
    }

    /// Takes an entry that was kept before.
    mutating func replay(_ entry: JournalEntry) {
        var stretch = Stretch()
        take(entry, &stretch)
    }

    private mutating func take(_ entry: JournalEntry, _ stretch: inout Stretch) {
        stretch.entries.append(entry)
        journal += 1
        switch entry.event {
        case .resumed:
            resumes = false
            follow(execution.resume(at: entry.time), &stretch)
        case .redriven: follow(execution.redrive(at: entry.time), &stretch)
        case .occurred(let occurrence):
            if case .taskSubmitted(let work, _) = occurrence { submitted.insert(work) }
            if occurrence.isLast, let work = occurrence.work {
                let ended = end(work, &stretch)
                if occurrence.isLate, case .task(let order)? = ended { stretch.left.append((work, order)) }
            }
            follow(execution.handle(occurrence, at: entry.time), &stretch)
        }
    }

    private mutating func follow(_ commands: [Command], _ stretch: inout Stretch) {
        for command in commands {
            switch command {
            case .schedule(let order): begin(order.work, .task(order), &stretch)
            case .startTimer(let work, let time): begin(work, .timer(time), &stretch)
            case .startMapRun(let order): begin(order.work, .mapRun(order), &stretch)
            case .cancel(let work):
                if case .task(let order)? = end(work, &stretch) { stretch.left.append((work, order)) }
            case .resume: resumes = true
            case .end:
                resumes = false
                for (number, work) in open {
                    if case .task(let order) = work { stretch.left.append((number, order)) }
                }
            }
        }
        stretch.resumes = resumes
        let new = execution.takeEvents()
        events += Int64(new.count)
        stretch.events += new
    }

    private mutating func end(_ number: Int, _ stretch: inout Stretch) -> Work? {
        let work = open.removeValue(forKey: number)
        submitted.remove(number)
        stretch.end(number, work)
        return work
    }

    private mutating func begin(_ number: Int, _ work: Work, _ stretch: inout Stretch) {
        open[number] = work
        stretch.begun.append((number, work))
    }
}
