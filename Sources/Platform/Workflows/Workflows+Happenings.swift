import Core
import StatesLanguage

/// What the default bus is told of executions.
extension Workflows {
    /// What is to be written beside a commit so that each change of an execution's status becomes an event.
    ///
    /// The items of a map are told of with their run, not one by one.
    func news(
        _ stretch: LiveExecution.Stretch, of live: LiveExecution, _ kept: Kept, _ record: WorkflowExecution,
        hasBegun: Bool
    ) async -> Deliveries.Prepared {
        guard let happenings, record.mapItem == nil, hasBegun || record.status != .running else { return .nothing }
        var told = Happening.Execution(
            arn: arn(kept.id).description, stateMachine: machines.arn(kept.id.machine).description,
            name: kept.id.name.text, status: WorkflowExecution.Status.running.rawValue, started: record.started)
        told.input = live.input.text
        var prepared = Deliveries.Prepared.nothing
        if hasBegun { prepared += await happenings.prepared(.executionChanged(told, record.descent, record.trace)) }
        if record.status != .running {
            let last = stretch.events.last?.details
            told.status = record.status.rawValue
            told.stopped = record.stopped
            told.output = last?["output"]?.string
            told.error = last?["error"]?.string
            told.cause = last?["cause"]?.string
            prepared += await happenings.prepared(.executionChanged(told, record.descent, record.trace))
        }
        return prepared
    }
}
