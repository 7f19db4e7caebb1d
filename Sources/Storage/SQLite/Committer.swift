import Foundation
import GRDB

/// The thread that owns the writing connection: takes a group, writes it, answers, takes the next.
///
/// One commit, and so one fsync, serves all who waited; alone, a batch is written at once.
final class Committer: Sendable {
    private let inbox: Inbox
    private let health: Health
    private let hot: HotRecords
    private let wakeups: Wakeups
    private let checkpointer: Checkpointer

    init(inbox: Inbox, health: Health, hot: HotRecords, wakeups: Wakeups, checkpointer: Checkpointer) {
        self.inbox = inbox
        self.health = health
        self.hot = hot
        self.wakeups = wakeups
        self.checkpointer = checkpointer
    }

    /// Starts the thread; `ended` is called by it at its end.
    func start(
        on pool: DatabasePool, mutations: [String: String], clock: StoreClock, limits: StoreLimits,
        ended: @escaping @Sendable () -> Void
    ) {
        let thread = Thread { [self] in
            do {
                try pool.writeWithoutTransaction { database in
                    let connection = Connection(database: database, mutations: mutations)
                    run(
                        try Writer(
                            connection, clock: clock, limits: limits, health: health, checkpointer: checkpointer))
                }
            } catch {
                health.fail(SQLiteFailure(error), during: .write)
            }
            inbox.close(.unavailable, refuseWaiting: true)
            checkpointer.close()
            ended()
        }
        thread.name = "store writer"
        thread.start()
    }

    private func run(_ writer: Writer) {
        let clock = ContinuousClock()
        var patience = Patience()
        var wanted = 1
        var deadline: ContinuousClock.Instant?
        while health.failure == nil, let group = inbox.take(wanted, until: deadline, idle: writer.idleWork) {
            if deadline != nil { patience.ended(allCame: group.count >= wanted) }
            let start = clock.now
            hot.begin(group)
            let outcomes = writer.run(group)
            hot.end()
            let end = clock.now
            let waiting = inbox.count
            for (work, outcome) in zip(group, outcomes) { answer(work, outcome) }
            writer.tidyUp()
            let wait = patience.wait(answered: group.count, waiting: waiting, commit: end - start)
            wanted = min(wait?.count ?? 1, Inbox.groupCount)
            deadline = wait.flatMap { wanted > 1 ? clock.now + $0.time : nil }
        }
    }

    private func answer(_ work: Work, _ outcome: Writer.Outcome) {
        switch (work, outcome) {
        case (.commit(let commit, _, let answer), .applied(let results)):
            answer(.success(results))
            wakeups.tell(commit.operations, in: commit.partition)
        case (.claim(_, let reply), .claimed(let items)): reply.resume(returning: .success(items))
        case (_, .refused(let error)): work.refuse(error)
        default: work.refuse(.unavailable)
        }
    }
}
