import Core
import Logging
import Storage

/// Takes due items off the queues that lanes stand for, and sees each to its end.
struct LaneWorker: Sendable {
    /// How often what waits for a time is looked at, and how often the store is asked for what nobody told of.
    private static let tickInterval = Duration.milliseconds(250)
    private static let ticksPerSearch = 120

    let board: LaneBoard
    let store: any Store
    let partition: Partition
    /// What the names of the queues begin with.
    let prefix: String
    /// How long an item is taken for.
    let lease: Duration
    /// Who claims.
    let name: String
    let logger: Logger
    /// Sees an item to its end.
    let carryOut: @Sendable (Claimed) async -> EventLanes.End

    /// Claims and works until the task is cancelled.
    @concurrent
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await keepTime() }
            for await _ in board.signals {
                while let turn = board.next() {
                    for item in await claim(turn) { group.addTask { await work(item) } }
                }
            }
            group.cancelAll()
        }
    }

    /// What an earlier server left, and what another one may have put there, is found by asking the store.
    private func keepTime() async {
        var ticks = 0
        while !Task.isCancelled {
            if ticks % Self.ticksPerSearch == 0 { board.arrived(await search(prefix)) }
            ticks += 1
            do { try await Task.sleep(for: Self.tickInterval) } catch { break }
            board.change { $0.tick(now: $1) }
        }
        board.finish()
    }

    private func search(_ prefix: String) async -> [QueueDue] {
        do { return try await store.dueTimes(partition, prefix: prefix) } catch {
            logger.warning("Waiting items could not be looked for.", metadata: ["of": "\(name)", "reason": "\(error)"])
            return []
        }
    }

    private func claim(_ turn: EventLanes.Turn) async -> [Claimed] {
        var claimed: [Claimed] = []
        var due: Instant?
        do {
            claimed = try await store.claim(
                partition, turn.queue, max: turn.count, lease: lease, worker: WorkerID(name))
            if claimed.count < turn.count {
                due = await search(turn.queue.text).first { $0.queue == turn.queue }?.due
            }
        } catch {
            logger.warning("Due items could not be claimed.", metadata: ["of": "\(name)", "reason": "\(error)"])
            due = Instant.now.advanced(milliseconds: 1000)
        }
        let (count, next) = (claimed.count, due)
        board.change { $0.claimed(turn, count, due: next, now: $1) }
        return claimed
    }

    private func work(_ claimed: Claimed) async {
        let end = await carryOut(claimed)
        let queue = claimed.lease.queue
        board.change { lanes, now in
            lanes.finished(queue, end, now: now)
            // The next of its group could not be claimed before, and nobody else tells of it.
            if claimed.group != nil { lanes.arrived(queue, at: now, now: now) }
        }
    }
}
