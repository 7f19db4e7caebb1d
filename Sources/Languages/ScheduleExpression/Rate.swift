/// A distance between fire times: `rate(5 minutes)`.
///
/// A day is 24 hours, whatever the clocks do. Source: EventBridge Scheduler user guide, "Schedule types".
package struct Rate: Hashable, Sendable {
    /// What is counted.
    package enum Unit: String, CaseIterable, Sendable {
        case minute, hour, day

        var milliseconds: Int64 {
            switch self {
            case .minute: 60_000
            case .hour: 3_600_000
            case .day: 86_400_000
            }
        }
    }

    /// The most that a rate can count; of days, far more than the years that schedules know.
    static let limit = 999_999_999

    package let count: Int
    package let unit: Unit

    package var milliseconds: Int64 { Int64(count) * unit.milliseconds }
}
