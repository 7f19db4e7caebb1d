import Core
import Storage

/// Where a search over many streams stands: behind the last event that was looked at.
package struct LogMark: Hashable, Sendable, Comparable {
    package let time: Instant
    package let stream: String
    package let position: LogPosition

    /// Puts a mark together.
    package init(time: Instant, stream: String, position: LogPosition) {
        self.time = time
        self.stream = stream
        self.position = position
    }

    init(_ found: FoundLogEvent) {
        self.init(time: found.event.time, stream: found.stream.text, position: found.position)
    }

    /// Orders events by time, those of one time by their streams, those of one stream as they were stored.
    package static func < (left: LogMark, right: LogMark) -> Bool {
        if left.time != right.time { return left.time < right.time }
        if left.stream != right.stream { return left.stream.utf8.lexicographicallyPrecedes(right.stream.utf8) }
        return left.position < right.position
    }
}

/// The events of one stream in order of time, opened batch by batch.
struct LogStreamCursor: Sendable {
    private let reader: LogStreamReader
    private let times: ClosedRange<Instant>
    private let after: LogMark?
    private var next: Int64
    private var pending: ArraySlice<FoundLogEvent> = []

    init(_ reader: LogStreamReader, times: ClosedRange<Instant>, after: LogMark?) async throws {
        self.reader = reader
        self.times = times
        self.after = after
        next = try await reader.place(of: times.lowerBound)
    }

    var head: FoundLogEvent? { pending.first }

    mutating func removeHead() { pending.removeFirst() }

    /// Makes sure that there is a head, if there are events left; gives the number of bytes opened.
    mutating func fill() async throws -> Int {
        guard reader.stream.isOrdered else { return try await fillSorted() }
        var work = 0
        while pending.isEmpty {
            let slice = try await reader.entries(from: next, limit: 1)
            guard let entry = slice.entries.first else { break }
            let span = try LogBatch.times(of: entry)
            guard span.lowerBound <= times.upperBound else { break }
            next = entry.sequence + 1
            guard span.overlaps(times) else { continue }
            work += entry.value.count
            pending = try wanted(reader.events(of: entry))
        }
        return work
    }

    /// Opens everything of the wanted time at once: events that are out of order can be in any batch.
    private mutating func fillSorted() async throws -> Int {
        guard pending.isEmpty, next < reader.stream.next else { return 0 }
        var work = 0
        var all: [FoundLogEvent] = []
        while next < reader.stream.next {
            let slice = try await reader.entries(from: next, limit: 16)
            guard let last = slice.entries.last else { break }
            next = last.sequence + 1
            for entry in slice.entries where try LogBatch.times(of: entry).overlaps(times) {
                work += entry.value.count
                guard work <= LogStreamReader.workLimit else { throw LogsError.tooMuchToSort }
                all += try wanted(reader.events(of: entry))
            }
        }
        next = reader.stream.next
        pending = all.sorted { LogMark($0) < LogMark($1) }[...]
        return work
    }

    private func wanted(_ events: [FoundLogEvent]) -> ArraySlice<FoundLogEvent> {
        events.filter { found in
            times.contains(found.event.time) && (after.map { $0 < LogMark(found) } ?? true)
        }[...]
    }
}
