import Core

/// What is told of the executions of state machines.
extension Happening {
    /// An execution of a state machine, as it is now.
    package struct Execution: Sendable {
        package let arn: String
        package let stateMachine: String
        package let name: String
        /// `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED` or `PENDING_REDRIVE`.
        package var status: String
        package let started: Instant
        package var stopped: Instant?
        package var input: String?
        package var output: String?
        package var error: String?
        package var cause: String?

        /// Takes what every execution has.
        package init(arn: String, stateMachine: String, name: String, status: String, started: Instant) {
            self.arn = arn
            self.stateMachine = stateMachine
            self.name = name
            self.status = status
            self.started = started
        }
    }

    /// Bytes of input and output together, escaped, above which an event goes without them.
    private static let executionLimit = 248 * 1024

    /// The status of an execution has changed.
    ///
    /// Told each time; input and output are left out where they are too large, as on AWS.
    /// Source: AWS Step Functions developer guide, "Automating Step Functions event delivery with EventBridge".
    package static func executionChanged(
        _ execution: Execution, _ descent: Descent, _ trace: TraceContext
    ) -> Happening {
        let size = [execution.input, execution.output].reduce(0) { $0 + JSON.string($1 ?? "").serialized.count }
        let isIncluded = size <= executionLimit
        func text(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
        func details(_ text: String?) -> JSON { text == nil ? .null : ["included": .bool(isIncluded)] }
        func time(_ time: Instant?) -> JSON { time.map { .number(JSONNumber($0.milliseconds)) } ?? .null }
        return Happening(
            source: "aws.states", type: "Step Functions Execution Status Change", subject: execution.stateMachine,
            resources: [execution.arn],
            detail: [
                ("executionArn", .string(execution.arn)), ("stateMachineArn", .string(execution.stateMachine)),
                ("name", .string(execution.name)), ("status", .string(execution.status)),
                ("startDate", time(execution.started)), ("stopDate", time(execution.stopped)),
                ("input", isIncluded ? text(execution.input) : .null),
                ("inputDetails", details(execution.input)),
                ("output", isIncluded ? text(execution.output) : .null),
                ("outputDetails", details(execution.output)), ("error", text(execution.error)),
                ("cause", text(execution.cause)),
            ], descent: descent, trace: trace, pace: nil)
    }
}
