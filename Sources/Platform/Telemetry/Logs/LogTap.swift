import Synchronization

/// Collects followed lines until they are taken; beyond its bound it misses the newest.
package final class LogTap: Sendable {
    private final class Collected: Sendable {
        let lines = Mutex<[FollowedLines]>([])
    }

    private static let limit = 500
    private let collected = Collected()
    private let followers: LogFollowers
    private let id: Int

    init(_ followers: LogFollowers, _ interest: LogInterest) throws(LogsError) {
        let collected = collected
        self.followers = followers
        id = try followers.add(interest) { lines in
            collected.lines.withLock { if $0.count < Self.limit { $0.append(lines) } }
        }
    }

    deinit { followers.remove(id) }

    /// What was stored since the last time, and whether something may be missing.
    package func take() -> (lines: [FollowedLines], isSampled: Bool) {
        collected.lines.withLock { lines in
            defer { lines = [] }
            return (lines, lines.count == Self.limit)
        }
    }
}
