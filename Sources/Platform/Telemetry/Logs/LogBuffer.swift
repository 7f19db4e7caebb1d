import Core
import Synchronization

/// Lines that wait to be stored: what is there, what may come, and what had to be dropped.
///
/// Pure: no clock, no lock, no I/O. No line waits longer than the next flush, and no stream takes the room of the
/// others: each has a bound of its own besides the one of all.
struct LogBufferState {
    /// The lines of one stream.
    struct Lines: Sendable {
        var events: [LogEvent] = []
        var bytes = 0
        var dropped = 0

        /// Takes a line, if it fits.
        fileprivate mutating func take(_ event: LogEvent, _ cost: Int, limit: Int) -> Bool {
            guard bytes + cost <= limit else { return false }
            events.append(event)
            bytes += cost
            return true
        }
    }

    /// What a line costs beside its message.
    private static let lineCost = 64

    let limit: Int
    let streamLimit: Int
    private(set) var bytes = 0
    private(set) var dropped = 0
    private var streams: [LogStreamID: Lines] = [:]

    init(limit: Int, streamLimit: Int) {
        self.limit = limit
        self.streamLimit = streamLimit
    }

    var isEmpty: Bool { streams.isEmpty }

    /// Takes a line, or counts it where there is no room.
    mutating func add(_ event: LogEvent, to stream: LogStreamID) {
        let cost = event.message.count + Self.lineCost
        let isRoom = bytes + cost <= limit && streams[stream, default: Lines()].take(event, cost, limit: streamLimit)
        if isRoom {
            bytes += cost
        } else {
            streams[stream, default: Lines()].dropped += 1
            dropped += 1
        }
    }

    /// Hands out everything; the room is free again only after `release`.
    mutating func drain() -> [LogStreamID: Lines] {
        defer { streams = [:] }
        return streams
    }

    /// Frees the room of lines that are stored or given up.
    mutating func release(_ lines: Lines) { bytes -= lines.bytes }

    /// Takes lines back that could not be stored yet, before those that came since.
    mutating func putBack(_ lines: Lines, for stream: LogStreamID) {
        var all = lines
        if let newer = streams[stream] {
            all.events += newer.events
            all.bytes += newer.bytes
            all.dropped += newer.dropped
        }
        streams[stream] = all
    }

    /// Counts lines that will never be stored.
    mutating func giveUp(_ lines: Lines) {
        dropped += lines.events.count
        release(lines)
    }
}

/// Takes lines from any thread without ever waiting.
final class LogBuffer: Sendable {
    private let state: Mutex<LogBufferState>
    private let continuation: AsyncStream<Void>.Continuation
    /// Says that there is something to store; one reader.
    let signal: AsyncStream<Void>

    init(limit: Int, streamLimit: Int) {
        state = Mutex(LogBufferState(limit: limit, streamLimit: streamLimit))
        (signal, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Does something with the lines.
    func withState<R: Sendable>(_ body: (inout sending LogBufferState) -> sending R) -> R {
        state.withLock { body(&$0) }
    }

    /// Takes lines back that could not be stored yet, to be tried again in a moment.
    func putBack(_ lines: LogBufferState.Lines, for stream: LogStreamID) {
        state.withLock { $0.putBack(lines, for: stream) }
        continuation.yield()
    }

    /// Takes a line; a message over the limit becomes several.
    func add(_ message: [UInt8], time: Instant, to stream: LogStreamID) {
        let now = Instant.now
        let wasEmpty = state.withLock { state in
            let wasEmpty = state.isEmpty
            guard message.count > LogEvent.sizeLimit else {
                state.add(LogEvent(time: time, ingested: now, message: message), to: stream)
                return wasEmpty
            }
            var rest = message[...]
            while !rest.isEmpty {
                let piece = rest.prefix(LogEvent.sizeLimit)
                state.add(LogEvent(time: time, ingested: now, message: Array(piece)), to: stream)
                rest = rest.dropFirst(piece.count)
            }
            return wasEmpty
        }
        if wasEmpty { continuation.yield() }
    }
}
