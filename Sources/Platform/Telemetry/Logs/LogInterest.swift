import Core

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
