import Core
import Storage
import Testing

@testable import Platform

struct LaneBoardTests {
    private let queue = QueueID("events/one")

    /// Whether the reader was woken since the board was made; ends the board.
    private func wasWoken(_ board: LaneBoard) async -> Bool {
        board.finish()
        for await _ in board.signals { return true }
        return false
    }

    @Test func `whoever takes turns is woken where there is one to take`() async {
        let board = LaneBoard(EventLanes(laneLimit: 1, totalLimit: 10))
        board.arrived([queue])
        #expect(await wasWoken(board))
        #expect(board.next() == .init(queue: queue, count: 1))
    }

    @Test func `nobody is woken for what must wait for its time or for others`() async {
        let late = LaneBoard(EventLanes(laneLimit: 1, totalLimit: 10))
        late.arrived([QueueDue(queue: queue, due: Instant.now.advanced(milliseconds: 60_000))])
        #expect(await !wasWoken(late))
        let full = LaneBoard(EventLanes(laneLimit: 1, totalLimit: 0))
        full.arrived([queue])
        #expect(await !wasWoken(full))
    }

    @Test func `room for one more wakes who found none`() async throws {
        var lanes = EventLanes(laneLimit: 1, totalLimit: 1)
        lanes.arrived(queue, at: .now, now: .now)
        let turn = lanes.next(now: .now)
        #expect(turn != nil)
        if let turn { lanes.claimed(turn, 1, due: nil, now: .now) }
        lanes.arrived(queue, at: .now, now: .now)
        #expect(!lanes.hasTurn)
        let board = LaneBoard(lanes)
        board.change { [queue] in $0.finished(queue, .concluded, now: $1) }
        #expect(await wasWoken(board))
    }
}
