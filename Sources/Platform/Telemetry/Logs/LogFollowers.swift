import Core
import Synchronization

/// Lines of one stream, as a follower sees them.
package struct FollowedLines: Sendable {
    package let stream: LogStreamID
    package let events: [FoundLogEvent]
}

/// Who watches lines as they are stored.
final class LogFollowers: Sendable {
    typealias Sink = @Sendable (FollowedLines) -> Void

    private struct Follower {
        let interest: LogInterest
        let sink: Sink
    }

    private struct State {
        var nextID = 0
        var followers: [Int: Follower] = [:]
    }

    /// More than this do not watch at a time.
    static let limit = 100
    private let state = Mutex(State())

    var isFollowed: Bool { state.withLock { !$0.followers.isEmpty } }

    /// Adds somebody who is told of what is stored from now on, and must not wait when told.
    func add(_ interest: LogInterest, _ sink: @escaping Sink) throws(LogsError) -> Int {
        let id: Int? = state.withLock { state in
            guard state.followers.count < Self.limit else { return nil }
            state.nextID += 1
            state.followers[state.nextID] = Follower(interest: interest, sink: sink)
            return state.nextID
        }
        guard let id else { throw .tooManyFollowers(limit: Self.limit) }
        return id
    }

    /// Tells a follower no more.
    func remove(_ id: Int) { _ = state.withLock { $0.followers.removeValue(forKey: id) } }

    /// Passes stored events to those who watch for them.
    func publish(_ events: [FoundLogEvent], of id: LogStreamID) {
        let followers = state.withLock { Array($0.followers.values) }
        for follower in followers where follower.interest.covers(id) {
            let wanted = events.filter { follower.interest.pattern.matches($0.event.message) }
            if !wanted.isEmpty { follower.sink(FollowedLines(stream: id, events: wanted)) }
        }
    }
}

extension Logs {
    /// Lines as they are stored from now on; one who reads too slowly misses the oldest.
    nonisolated package func follow(_ interest: LogInterest) throws(LogsError) -> AsyncStream<FollowedLines> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: FollowedLines.self, bufferingPolicy: .bufferingNewest(256))
        let followers = followers
        let id = try followers.add(interest) { continuation.yield($0) }
        continuation.onTermination = { _ in followers.remove(id) }
        return stream
    }

    /// Lines as they are stored from now on, to be taken from time to time.
    nonisolated package func tap(_ interest: LogInterest) throws(LogsError) -> LogTap {
        try LogTap(followers, interest)
    }
}
