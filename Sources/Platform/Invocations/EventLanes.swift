import Core
import Storage

/// Whose asynchronous calls are taken next: one lane for each queue, which is one function's.
///
/// Pure. Lanes take turns, so a flood of calls of one function, or a function that is throttled or slow, keeps nobody
/// else waiting, and costs no claims in vain. A lane works on few calls at a time and gets more room only where its calls
/// take long: what is quick is not served faster by more sandboxes.
struct EventLanes: Sendable {
    /// What became of one call of a lane.
    enum End: Equatable, Sendable {
        case concluded
        /// It comes again after a delay.
        case retried(after: Duration)
        /// Nobody could run it now; it comes again after a delay.
        case throttled(after: Duration)
    }

    /// A claim to be made.
    struct Turn: Equatable, Sendable {
        let queue: QueueID
        let count: Int
    }

    private struct Lane {
        var limit: Int
        var inWork = 0
        /// When there may be something to claim; `nil` where nothing is known to wait.
        var lookAt: Instant?
        var pausedUntil: Instant?
        var strikes = 0
        var isListed = false
        var isClaiming = false
        /// Something came while a claim was on its way, which may have missed it.
        var missed = false
        var finished = 0

        func isReady(at now: Instant) -> Bool {
            guard let lookAt, lookAt <= now, !isClaiming, !isListed, inWork < limit else { return false }
            return pausedUntil.map { $0 <= now } ?? true
        }

        mutating func waits(until time: Instant) { lookAt = min(lookAt ?? time, time) }
    }

    /// Calls of one lane to begin with, of one lane at most, and of all, in work at one time.
    private let laneLimit: Int
    private let laneMost: Int
    private let totalLimit: Int
    /// Items of one claim.
    private let claimLimit = 32
    private let longestPause = Duration.seconds(8)
    private var lanes: [QueueID: Lane] = [:]
    private var turns: [QueueID] = []
    private var total = 0

    /// No lanes; each begins with room for `laneLimit` calls, and gets room for `laneMost` where they take long, or for all
    /// that there is.
    init(laneLimit: Int, laneMost: Int? = nil, totalLimit: Int) {
        self.laneLimit = laneLimit
        self.laneMost = laneMost ?? totalLimit
        self.totalLimit = totalLimit
    }

    var count: Int { lanes.count }

    /// Whether `next` may give a claim to make.
    var hasTurn: Bool { total < totalLimit && !turns.isEmpty }

    /// Something waits in a queue from a time on.
    mutating func arrived(_ queue: QueueID, at time: Instant, now: Instant) {
        var lane = lanes[queue] ?? Lane(limit: laneLimit)
        lane.lookAt = min(lane.lookAt ?? time, time)
        if lane.isClaiming, time <= now { lane.missed = true }
        list(&lane, queue, now)
        lanes[queue] = lane
    }

    /// The next claim to make; `claimed` must follow.
    mutating func next(now: Instant) -> Turn? {
        while total < totalLimit, !turns.isEmpty {
            let queue = turns.removeFirst()
            guard var lane = lanes[queue] else { continue }
            lane.isListed = false
            // Since it was listed it may have got a pause or less room.
            guard lane.isReady(at: now) else {
                lanes[queue] = lane
                continue
            }
            let count = min(lane.limit - lane.inWork, claimLimit, totalLimit - total)
            lane.isClaiming = true
            lane.missed = false
            lane.inWork += count
            total += count
            lanes[queue] = lane
            return Turn(queue: queue, count: count)
        }
        return nil
    }

    /// The claim gave so many items; where that is not all that was asked for, `due` says when there may be more.
    mutating func claimed(_ turn: Turn, _ count: Int, due: Instant?, now: Instant) {
        guard var lane = lanes[turn.queue] else { return }
        lane.isClaiming = false
        lane.inWork -= turn.count - count
        total -= turn.count - count
        lane.lookAt = count == turn.count || lane.missed ? now : due
        list(&lane, turn.queue, now)
        keep(lane, turn.queue)
    }

    /// A call that was claimed has come to an end.
    mutating func finished(_ queue: QueueID, _ end: End, now: Instant) {
        guard var lane = lanes[queue] else { return }
        lane.inWork -= 1
        lane.finished += 1
        total -= 1
        switch end {
        case .concluded: resume(&lane)
        case .retried(let delay):
            resume(&lane)
            lane.waits(until: now.advanced(milliseconds: delay.milliseconds))
        case .throttled(let delay):
            lane.waits(until: now.advanced(milliseconds: delay.milliseconds))
            if lane.inWork > 0 {
                lane.limit = lane.inWork
            } else {
                let pause = min(.milliseconds(250) * (1 << min(lane.strikes, 10)), longestPause)
                lane.strikes += 1
                lane.pausedUntil = now.advanced(milliseconds: pause.milliseconds)
            }
        }
        list(&lane, queue, now)
        keep(lane, queue)
    }

    /// Time passes: what has become due gets its turn, and lanes whose calls take long get more room.
    mutating func tick(now: Instant) {
        for (queue, var lane) in lanes {
            if lane.inWork >= lane.limit, lane.finished < lane.limit, let lookAt = lane.lookAt, lookAt <= now {
                // Half of all room stays for those that have not got more.
                if laneMost == totalLimit || total < totalLimit / 2 { lane.limit = min(lane.limit * 2, laneMost) }
            } else if lane.inWork == 0 {
                lane.limit = laneLimit
            }
            lane.finished = 0
            list(&lane, queue, now)
            lanes[queue] = lane
        }
    }

    /// Whatever made lanes pause may be over: all are looked at.
    mutating func resumeAll(now: Instant) {
        for (queue, var lane) in lanes {
            resume(&lane)
            list(&lane, queue, now)
            lanes[queue] = lane
        }
    }

    private func resume(_ lane: inout Lane) {
        lane.strikes = 0
        lane.pausedUntil = nil
    }

    private mutating func list(_ lane: inout Lane, _ queue: QueueID, _ now: Instant) {
        guard lane.isReady(at: now) else { return }
        lane.isListed = true
        turns.append(queue)
    }

    /// Keeps a lane in mind, unless there is nothing more to know about it.
    private mutating func keep(_ lane: Lane, _ queue: QueueID) {
        lanes[queue] = lane.inWork == 0 && lane.lookAt == nil && !lane.isClaiming ? nil : lane
    }
}
