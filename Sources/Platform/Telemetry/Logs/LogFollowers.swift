import Core
import Synchronization

/// Who watches lines as they are stored.
final class LogFollowers: Sendable {
    private struct Follower {
        let interest: LogInterest
        let continuation: AsyncStream<[FoundLogEvent]>.Continuation
    }

    private struct State {
        var nextID = 0
        var followers: [Int: Follower] = [:]
    }

    /// More than this is not watched at a time.
    static let limit = 100
    private static let batches = 256
    private let state = Mutex(State())

    var isFollowed: Bool { state.withLock { !$0.followers.isEmpty } }

    /// A stream of what is stored from now on; one that is read too slowly misses the oldest.
    func follow(_ interest: LogInterest) throws(LogsError) -> AsyncStream<[FoundLogEvent]> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: [FoundLogEvent].self, bufferingPolicy: .bufferingNewest(Self.batches))
        let id: Int? = state.withLock { state in
            guard state.followers.count < Self.limit else { return nil }
            state.nextID += 1
            state.followers[state.nextID] = Follower(interest: interest, continuation: continuation)
            return state.nextID
        }
        guard let id else { throw .contended }
        continuation.onTermination = { [weak self] _ in self?.forget(id) }
        return stream
    }

    /// Passes stored events to those who watch for them.
    func publish(_ events: [FoundLogEvent], of id: LogStreamID) {
        let followers = state.withLock { Array($0.followers.values) }
        for follower in followers where follower.interest.covers(id) {
            let wanted = events.filter { follower.interest.pattern.matches($0.event.message) }
            if !wanted.isEmpty { follower.continuation.yield(wanted) }
        }
    }

    private func forget(_ id: Int) { _ = state.withLock { $0.followers.removeValue(forKey: id) } }
}

/// Which lines somebody wants to see.
package struct LogInterest: Sendable {
    package var groups: Set<LogGroupID>
    /// Empty for all streams.
    package var streams: Set<LogStreamName>
    package var prefixes: [String]
    package var pattern: FilterPattern

    /// Names what is wanted.
    package init(
        groups: Set<LogGroupID>, streams: Set<LogStreamName> = [], prefixes: [String] = [],
        pattern: FilterPattern = .all
    ) {
        self.groups = groups
        self.streams = streams
        self.prefixes = prefixes
        self.pattern = pattern
    }

    func covers(_ id: LogStreamID) -> Bool {
        guard groups.contains(id.group) else { return false }
        if streams.isEmpty && prefixes.isEmpty { return true }
        return streams.contains(id.name) || prefixes.contains { id.name.text.utf8.starts(with: $0.utf8) }
    }
}

extension Logs {
    /// Lines as they are stored from now on.
    nonisolated package func follow(_ interest: LogInterest) throws(LogsError) -> AsyncStream<[FoundLogEvent]> {
        try followers.follow(interest)
    }
}
