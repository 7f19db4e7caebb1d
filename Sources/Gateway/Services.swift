import Core
import NIOCore
import Platform

/// What the gateway serves: the features behind the wire, and the operations each service has.
package struct Services: Sendable {
    package let account: AccountID
    package let eventLoop: any EventLoop
    package let identity: Identity
    package let functions: Functions
    package let logs: Logs
    let topics: Topics
    let audit: AuditTrail
    let counters = RefusalCounters()
    let links = CodeLinks()
    let cloudEvents: CloudEventDoor
    private let handlers: [String: [String: OperationHandler]]

    /// Puts the services together.
    package init(
        account: AccountID, eventLoop: any EventLoop, identity: Identity, functions: Functions,
        calls: FunctionCalls, logs: Logs, schedules: Schedules, queues: Queues, topics: Topics, sources: EventSources,
        buses: EventBuses, replays: EventReplays, workflows: Workflows, deadLetters: DeadLetters, outbound: Outbound,
        secrets: Secrets, governor: Governor,
        audit: AuditTrail
    ) {
        self.account = account
        self.eventLoop = eventLoop
        self.identity = identity
        self.functions = functions
        self.logs = logs
        self.topics = topics
        self.audit = audit
        cloudEvents = CloudEventDoor(buses: buses, access: identity.access)
        handlers = [
            "lambda": LambdaOperations(
                functions: functions, sources: sources, links: links, access: identity.access, calls: calls
            ).operations,
            "logs": LogsOperations(logs: logs).operations,
            "sqs": SQSOperations(
                queues: queues, moves: MessageMoves(account: account, queues: queues), access: identity.access
            ).operations,
            "events": EventBridgeOperations(buses: buses, replays: replays, access: identity.access).operations,
            "sns": SNSOperations(topics: topics, access: identity.access).operations,
            "scheduler": SchedulerOperations(schedules: schedules, identity: identity).operations,
            "states": StepFunctionsOperations(workflows: workflows, identity: identity).operations,
            "iam": IAM.operations(identity),
            "sts": STS.operations(identity),
            "martlet": DeadLetterOperations(deadLetters: deadLetters).operations
                .merging(OutboundOperations(outbound: outbound, secrets: secrets).operations) { first, _ in first }
                .merging(AccessOperations(identity: identity, functions: functions).operations) { first, _ in first }
                .merging(EventOperations(buses: buses).operations) { first, _ in first }
                .merging(ProviderOperations(identity: identity).operations) { first, _ in first }
                .merging(
                    GovernorOperations(governor: governor, functions: functions, region: functions.region).operations
                ) { _, own in own },
        ]
    }

    /// Watches log lines as they come.
    func liveTail(_ call: Call, _ input: WireValue) async throws -> AsyncStream<[UInt8]> {
        try await LogsOperations(logs: logs).liveTail(call, input)
    }

    /// What carries out an operation, if it is served.
    func handler(_ operation: OperationModel) -> OperationHandler? {
        handlers[operation.service.signingName]?[operation.name]
    }
}
