import Core
import EventPattern
import Synchronization

/// The last events of all buses, in memory alone, for who watches them as they come.
package final class RecentEvents: Sendable {
    /// An event, and its number since the server was started.
    package struct Numbered: Sendable {
        package let number: Int64
        package let event: BusEvent
    }

    /// What came behind a number.
    package struct Part: Sendable {
        package var events: [Numbered] = []
        /// The number to ask behind the next time.
        package var last: Int64
        /// Events that one was too slow for.
        package var missed: Int64 = 0
    }

    private struct State {
        var events: [Numbered] = []
        var first = 0
        var bytes = 0
        var last: Int64 = 0
    }

    private static let countLimit = 2000
    private static let byteLimit = 8 << 20
    private let state = Mutex(State())

    func add(_ event: BusEvent) {
        state.withLock { state in
            state.last += 1
            state.events.append(Numbered(number: state.last, event: event))
            state.bytes += event.bytes.count
            while state.events.count - state.first > Self.countLimit || state.bytes > Self.byteLimit {
                state.bytes -= state.events[state.first].event.bytes.count
                state.first += 1
            }
            if state.first > Self.countLimit {
                state.events.removeFirst(state.first)
                state.first = 0
            }
        }
    }

    /// The events behind a number, of one bus or all, that match a pattern if there is one; without a number none, but
    /// where to go on.
    package func events(after number: Int64?, on bus: EventBusName?, matching pattern: EventPattern?) -> Part {
        let (kept, last) = state.withLock { (Array($0.events[$0.first...]), $0.last) }
        // A number that was not given out yet is one of a server that was stopped since.
        guard let number else { return Part(last: last) }
        let after = number > last ? 0 : max(0, number)
        var part = Part(last: last)
        part.missed = max(0, (kept.first?.number ?? last + 1) - after - 1)
        part.events = kept.filter { one in
            guard one.number > after, bus.map({ $0 == one.event.bus }) ?? true else { return false }
            // An event that cannot be compared is none that one watches for.
            return pattern.map { (try? EventExplanation(of: $0, on: one.event.bytes))?.matches == true } ?? true
        }
        return part
    }
}
