import Core
import Storage
import Testing

@testable import Platform

@Suite struct EventLanesTests {
    private let quick = QueueID("events/quick")
    private let slow = QueueID("events/slow")

    private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    @Test func `lanes take turns, and none is claimed from twice at a time`() {
        var lanes = EventLanes(laneLimit: 2, totalLimit: 10)
        for queue in [quick, slow, quick] { lanes.arrived(queue, at: at(0), now: at(0)) }
        #expect(lanes.next(now: at(2)) == .init(queue: quick, count: 2))
        #expect(lanes.next(now: at(2)) == .init(queue: slow, count: 2))
        #expect(lanes.next(now: at(2)) == nil)
        lanes.claimed(.init(queue: quick, count: 2), 1, due: nil, now: at(1))
        #expect(lanes.next(now: at(2)) == nil, "nothing is known to wait")
        lanes.finished(quick, .concluded, now: at(2))
        #expect(lanes.count == 1, "a lane without work is forgotten")
    }

    @Test func `a lane whose calls take long gets more room, and no more than it may have`() {
        var lanes = EventLanes(laneLimit: 2, laneMost: 4, totalLimit: 100)
        var claimed = 0
        for second in 0..<10 {
            lanes.arrived(slow, at: at(0), now: at(Int64(second) * 1000))
            while let turn = lanes.next(now: at(Int64(second) * 1000)) {
                lanes.claimed(turn, turn.count, due: nil, now: at(Int64(second) * 1000))
                claimed += turn.count
            }
            lanes.tick(now: at(Int64(second) * 1000 + 500))
        }
        #expect(claimed == 4)
    }

    @Test func `what arrives while a claim is on its way is looked for again`() {
        var lanes = EventLanes(laneLimit: 2, totalLimit: 10)
        lanes.arrived(quick, at: at(0), now: at(0))
        let turn = lanes.next(now: at(1))
        lanes.arrived(quick, at: at(1), now: at(1))
        if let turn { lanes.claimed(turn, 0, due: nil, now: at(1)) }
        #expect(lanes.next(now: at(1)) == .init(queue: quick, count: 2))
    }

    @Test func `a throttled function waits alone, longer each time, until a call of it succeeds`() {
        var lanes = EventLanes(laneLimit: 1, totalLimit: 10)
        func strike(_ now: Int64) {
            lanes.arrived(slow, at: at(now), now: at(now))
            guard let turn = lanes.next(now: at(now)) else { return }
            lanes.claimed(turn, 1, due: nil, now: at(now))
            lanes.finished(slow, .throttled(after: .seconds(1)), now: at(now))
        }
        strike(0)
        lanes.tick(now: at(249))
        #expect(lanes.next(now: at(249)) == nil)
        strike(250)
        lanes.tick(now: at(700))
        #expect(lanes.next(now: at(700)) == nil, "the second pause is twice as long")
        lanes.arrived(quick, at: at(700), now: at(700))
        #expect(lanes.next(now: at(700))?.queue == quick, "others are not kept waiting")
        lanes.tick(now: at(750))
        guard let turn = lanes.next(now: at(750)) else { return #expect(Bool(false)) }
        lanes.claimed(turn, 1, due: at(750), now: at(750))
        lanes.finished(slow, .concluded, now: at(751))
        #expect(lanes.next(now: at(751))?.queue == slow)
    }

    @Test func `a lift ends every pause at once`() {
        var lanes = EventLanes(laneLimit: 1, totalLimit: 10)
        let queue = QueueID("events/stopped")
        lanes.arrived(queue, at: at(0), now: at(0))
        var now: Int64 = 0
        for _ in 0..<6 {
            guard let turn = lanes.next(now: at(now)) else { break }
            lanes.claimed(turn, 1, due: nil, now: at(now))
            lanes.finished(queue, .throttled(after: .milliseconds(500)), now: at(now))
            now += 8000
            lanes.tick(now: at(now))
        }
        guard let turn = lanes.next(now: at(now)) else {
            Issue.record("its pause is over")
            return
        }
        lanes.claimed(turn, 1, due: nil, now: at(now))
        lanes.finished(queue, .throttled(after: .milliseconds(500)), now: at(now))
        lanes.tick(now: at(now + 600))
        #expect(lanes.next(now: at(now + 600)) == nil, "it pauses for seconds")
        lanes.resumeAll(now: at(now + 600))
        #expect(lanes.next(now: at(now + 600))?.queue == queue)
    }

    @Test func `a throttle while calls are running is the lane's own limit`() {
        var lanes = EventLanes(laneLimit: 4, totalLimit: 10)
        lanes.arrived(slow, at: at(0), now: at(0))
        guard let turn = lanes.next(now: at(0)) else { return #expect(Bool(false)) }
        lanes.claimed(turn, 4, due: nil, now: at(0))
        lanes.finished(slow, .throttled(after: .seconds(1)), now: at(1))
        lanes.finished(slow, .concluded, now: at(1001))
        lanes.tick(now: at(1001))
        #expect(lanes.next(now: at(1001))?.count == 1, "three at a time were possible, and two are running")
    }

    @Test func `a lane whose calls take long gets more room, one whose calls are quick does not`() {
        func room(finishing count: Int) -> Int? {
            var lanes = EventLanes(laneLimit: 2, totalLimit: 8)
            lanes.arrived(slow, at: at(0), now: at(0))
            for _ in 0...count {
                guard let turn = lanes.next(now: at(250)) else { break }
                lanes.claimed(turn, turn.count, due: nil, now: at(0))
                if count > 0 { for _ in 0..<turn.count { lanes.finished(slow, .concluded, now: at(0)) } }
            }
            while let turn = lanes.next(now: at(250)) { lanes.claimed(turn, turn.count, due: nil, now: at(0)) }
            lanes.tick(now: at(250))
            return lanes.next(now: at(250))?.count
        }
        #expect(room(finishing: 0) == 2, "two more than the two that are running")
        #expect(room(finishing: 3) == nil)
    }

    @Test func `what is due later gets its turn when time has passed`() {
        var lanes = EventLanes(laneLimit: 2, totalLimit: 10)
        lanes.arrived(quick, at: at(1000), now: at(0))
        #expect(lanes.next(now: at(0)) == nil)
        lanes.tick(now: at(999))
        #expect(lanes.next(now: at(999)) == nil)
        lanes.tick(now: at(1000))
        #expect(lanes.next(now: at(1000))?.queue == quick)
    }

    @Test func `all lanes together keep within one bound`() {
        var lanes = EventLanes(laneLimit: 4, totalLimit: 6)
        lanes.arrived(quick, at: at(0), now: at(0))
        lanes.arrived(slow, at: at(0), now: at(0))
        #expect(lanes.next(now: at(0))?.count == 4)
        #expect(lanes.next(now: at(0))?.count == 2)
        lanes.arrived(QueueID("events/third"), at: at(0), now: at(0))
        #expect(lanes.next(now: at(0)) == nil)
    }

    @Test func `one that takes long gets more room up to a ceiling, and only while half of all room is left`() {
        var lanes = EventLanes(laneLimit: 2, laneMost: 8, totalLimit: 12)
        func claimAll(_ now: Int64) -> Int {
            var count = 0
            while let turn = lanes.next(now: at(now)) {
                lanes.claimed(turn, turn.count, due: nil, now: at(now))
                count += turn.count
            }
            return count
        }
        lanes.arrived(slow, at: at(0), now: at(0))
        #expect(claimAll(0) == 2)
        for now in [1, 2, 3, 4] as [Int64] {
            lanes.tick(now: at(now))
            _ = claimAll(now)
        }
        lanes.arrived(quick, at: at(5), now: at(5))
        #expect(claimAll(5) == 2, "one that is slow leaves room for the others")
        lanes.tick(now: at(6))
        lanes.tick(now: at(7))
        #expect(claimAll(7) == 0, "there is less than half of all room")
    }
}
