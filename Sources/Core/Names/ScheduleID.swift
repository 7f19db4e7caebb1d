/// Which schedule is meant: names are unique in their group.
package struct ScheduleID: Hashable, Sendable, CustomStringConvertible {
    package let group: ScheduleName
    package let name: ScheduleName

    /// Names a schedule.
    package init(group: ScheduleName, name: ScheduleName) {
        self.group = group
        self.name = name
    }

    /// Reads the text form; anything else is `nil`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        // What is no name names no schedule.
        guard parts.count == 2, let group = try? ScheduleName(String(parts[0])),
            let name = try? ScheduleName(String(parts[1]))
        else { return nil }
        self.init(group: group, name: name)
    }

    /// `GROUP/NAME`, as in the schedule's ARN.
    package var description: String { "\(group)/\(name)" }
}
