import Core
import StatesLanguage

/// Where the events of an execution are told, if its machine names a log group.
///
/// Source: Step Functions developer guide, "Using CloudWatch Logs to log execution history".
struct ExecutionLog: Sendable {
    private let logs: Logs
    private let stream: LogStreamID
    private let logging: WorkflowSettings.Logging
    private let execution: ARN

    /// `nil` where nothing is to be told.
    init?(
        _ logging: WorkflowSettings.Logging?, of execution: ARN, machine: WorkflowName, begun: Instant, in logs: Logs?
    ) {
        guard let logs, let logging, logging.level != .off, let destination = logging.destination,
            let arn = try? ARN(destination), arn.service == "logs", let account = try? AccountID(arn.account)
        else { return nil }
        var name = arn.resource
        if name.hasPrefix("log-group:") { name.removeFirst("log-group:".count) }
        if name.hasSuffix(":*") { name.removeLast(2) }
        // A stream for each machine and hour.
        let hour = begun.iso8601.prefix(13).replacing("T", with: "-")
        guard let group = try? LogGroupName(name), let stream = try? LogStreamName("states/\(machine)/\(hour)") else {
            return nil
        }
        self.logs = logs
        self.logging = logging
        self.execution = execution
        self.stream = LogStreamID(group: LogGroupID(account: account, name: group), name: stream)
    }

    /// Tells those of some events that are wanted.
    func tell(_ events: [HistoryEvent]) {
        for event in events where isWanted(event.type) { logs.write(line(event), at: event.time, to: stream) }
    }

    private func isWanted(_ type: String) -> Bool {
        let isFatal = ["ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"].contains(type)
        return switch logging.level {
        case .all: true
        case .error: isFatal || type.hasSuffix("Failed") || type.hasSuffix("TimedOut") || type.hasSuffix("Aborted")
        case .fatal: isFatal
        case .off: false
        }
    }

    private func line(_ event: HistoryEvent) -> [UInt8] {
        let event = logging.includesData ? event : event.withoutData
        return JSON.object(
            JSONObject([
                ("id", .string(String(event.id))), ("type", .string(event.type)), ("details", .object(event.details)),
                ("previous_event_id", .string(String(event.previousID))),
                ("event_timestamp", .string(String(event.time.milliseconds))),
                ("execution_arn", .string(execution.description)), ("redrive_count", "0"),
            ])
        ).serialized
    }
}
