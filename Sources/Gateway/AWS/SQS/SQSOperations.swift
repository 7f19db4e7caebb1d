import AccessPolicy
import Core
import Platform

/// The operations of Amazon SQS; both wire protocols come here.
package struct SQSOperations: Sendable {
    typealias Handler = @Sendable (SQSRequest) async throws -> WireValue

    let queues: Queues
    let moves: MessageMoves
    let access: AccessControl
    private let gate: CallGate

    /// Serves the queues of a server.
    package init(queues: Queues, moves: MessageMoves, access: AccessControl = AccessControl(), gate: CallGate) {
        self.queues = queues
        self.moves = moves
        self.access = access
        self.gate = gate
    }

    /// What asks the governor: sending and receiving; whoever has received may always finish.
    private static let governed: Set<String> = ["SendMessage", "SendMessageBatch", "ReceiveMessage"]

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        var operations: [String: OperationHandler] = [:]
        let groups = [
            queueOperations, attributeOperations, permissionOperations, sendOperations, receiveOperations,
            finishOperations, moveOperations,
        ]
        for group in groups {
            for (name, handler) in group { operations[name] = guarded(name, handler) }
        }
        return operations
    }

    /// Lets the caller through if it may, and turns what a handler throws into what the wire knows.
    private func guarded(_ name: String, _ handler: @escaping Handler) -> OperationHandler {
        let action = Action(service: "sqs", name: name.hasSuffix("Batch") ? String(name.dropLast(5)) : name)
        return { call, input in
            let request = try await request(call, input)
            try await Guard.check(
                call, action, on: request.resource, policy: policy(for: request, name),
                facts: RequestFacts.facts("sqs", name, input))
            do {
                guard Self.governed.contains(name) else { return try await handler(request) }
                return try await gate.pass(
                    .queue, request.queue?.address.name.text, call, refusedAs: "RequestThrottled"
                ) { try await handler(request) }
            } catch let error as QueueError { throw SQSError.wire(error) }
        }
    }

    /// The request with the queue that it names, if there is one.
    private func request(_ call: Call, _ input: WireValue) async throws -> SQSRequest {
        let address: QueueAddress?
        do throws(QueueError) { address = try SQSRequest.address(in: input, of: call) } catch {
            throw SQSError.wire(error)
        }
        var queue: Queue?
        if let address {
            do throws(QueueError) { queue = try await queues.queue(address) } catch {
                guard error == .missing else { throw error }
            }
        }
        return SQSRequest(call: call, input: input, address: address, queue: queue)
    }

    /// What the account may do with its queues whatever their policies say, so that it can never lock itself out.
    private static let repairs: Set<String> = [
        "GetQueueAttributes", "SetQueueAttributes", "AddPermission", "RemovePermission", "DeleteQueue",
    ]

    /// The queue's own policy, where it has a say.
    private func policy(for request: SQSRequest, _ name: String) -> Authorization.ResourcePolicy {
        guard let queue = request.queue, let text = queue.settings.policy,
            !(request.call.isAccount && Self.repairs.contains(name))
        else { return .none }
        return access.resourcePolicy(text, of: "policy of queue \(queue.address.name)")
    }
}
