import Core
import Storage

extension Logs {
    /// Where reading a stream begins.
    package enum Start: Hashable, Sendable {
        case head
        case tail
        /// At a position, towards later events.
        case forward(LogPosition)
        /// Before a position, towards earlier events.
        case backward(LogPosition)
    }

    /// Some events of a stream, and where reading goes on in both directions.
    package struct StreamPage: Sendable {
        package var events: [FoundLogEvent]
        package var backward: LogPosition
        package var forward: LogPosition
    }

    /// Events of a stream from one time until before another, in order of time within the answer.
    nonisolated package func events(
        of id: LogStreamID, from: Instant? = nil, before: Instant? = nil, start: Start, limit: Int
    ) async throws -> StreamPage {
        await flush()
        let group = try await group(id.group)
        let stream = try await stream(id)
        let end = LogPosition(batch: stream.next, index: 0)
        let times = Self.times(from: from, through: before?.advanced(milliseconds: -1), of: group, at: now)
        guard let times, stream.next > 0 else { return Self.emptyPage(start, end: end) }
        let reader = try await LogStreamReader(self, id, stream)
        var page = LogPage(limit: limit)
        var result: StreamPage
        switch start {
        case .head, .forward:
            var position = LogPosition(batch: 0, index: 0)
            if case .forward(let given) = start { position = given }
            let next = try await reader.forward(from: position, times: times, into: &page)
            result = StreamPage(events: page.events, backward: page.events.first?.position ?? position, forward: next)
        case .tail, .backward:
            var position = end
            if case .backward(let given) = start { position = given }
            let next = try await reader.backward(before: position, times: times, into: &page)
            result = StreamPage(events: page.events.reversed(), backward: next, forward: position)
            if let last = page.events.first, position != end {
                result.forward = LogPosition(batch: last.position.batch, index: last.position.index + 1)
            }
        }
        if !stream.isOrdered { result.events.sort { $0.event.time < $1.event.time } }
        return result
    }

    private static func emptyPage(_ start: Start, end: LogPosition) -> StreamPage {
        switch start {
        case .forward(let position), .backward(let position):
            StreamPage(events: [], backward: position, forward: position)
        case .head, .tail: StreamPage(events: [], backward: end, forward: end)
        }
    }

    /// The wanted times that the group still keeps; `nil` if there are none.
    static func times(
        from: Instant?, through: Instant?, of group: LogGroup, at now: Instant
    ) -> ClosedRange<Instant>? {
        let earliest = Instant(milliseconds: 0)
        let low = max(from ?? earliest, group.horizon(at: now) ?? earliest)
        let high = through ?? Instant(milliseconds: .max)
        return low <= high ? low...high : nil
    }
}
