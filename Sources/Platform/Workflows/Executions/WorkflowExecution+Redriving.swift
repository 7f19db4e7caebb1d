import Core

extension WorkflowExecution {
    /// Why an execution cannot be redriven.
    package enum Obstacle: Hashable, Sendable {
        case status(Status)
        /// It ended longer ago than AWS lets it go on.
        case tooLongAgo
        /// Its history is full.
        case historyIsFull
        /// It was begun by a map run, and goes on with that.
        case belongsToMapRun
    }

    /// How long after its end an execution can be redriven, in milliseconds: 14 days.
    private static let redrivable: Int64 = 14 * 86_400_000

    /// Why the execution cannot be redriven now, as far as its record says.
    package func obstacle(at now: Instant) -> Obstacle? {
        guard [.failed, .timedOut, .aborted].contains(status), let stopped else { return .status(status) }
        if now.milliseconds - stopped.milliseconds > Self.redrivable { return .tooLongAgo }
        return mapItem != nil ? .belongsToMapRun : nil
    }
}
