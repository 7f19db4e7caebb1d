import AccessPolicy
import Core
import Platform

/// The operations of Amazon SNS.
package struct SNSOperations: Sendable {
    typealias Handler = @Sendable (SNSRequest) async throws -> WireValue

    let topics: Topics
    let access: AccessControl
    private let gate: CallGate

    /// Serves the topics of a server.
    package init(topics: Topics, access: AccessControl = AccessControl(), gate: CallGate) {
        self.topics = topics
        self.access = access
        self.gate = gate
    }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        var operations: [String: OperationHandler] = [:]
        for group in [topicOperations, permissionOperations, subscriptionOperations, publishOperations] {
            for (name, handler) in group { operations[name] = guarded(name, handler) }
        }
        return operations
    }

    /// Lets the caller through if it may, and turns what a handler throws into what the wire knows.
    private func guarded(_ name: String, _ handler: @escaping Handler) -> OperationHandler {
        let action = Action(service: "sns", name: name.hasSuffix("Batch") ? String(name.dropLast(5)) : name)
        return { call, input in
            do {
                let request = try await request(call, input)
                do {
                    try await Guard.check(
                        call, action, on: request.resource, policy: policy(for: request, name),
                        facts: RequestFacts.facts("sns", name, input))
                } catch let denied as WireError where denied.code == "AccessDenied" {
                    throw WireError("AuthorizationError", denied.message, status: 403)
                }
                guard publishOperations[name] != nil else { return try await handler(request) }
                return try await gate.pass(
                    .topic, request.topic?.address.name.text, call, refusedAs: "Throttled"
                ) { try await handler(request) }
            } catch let error as TopicError { throw SNSError.wire(error) }
        }
    }

    /// The request with the topic that it names, if there is one.
    private func request(_ call: Call, _ input: WireValue) async throws -> SNSRequest {
        let arn = try SNSRequest.arn(in: input, of: call)
        var topic: NotificationTopic?
        if let arn, let address = TopicAddress(arn, region: call.region), address.account == topics.account {
            do throws(TopicError) { topic = try await topics.topic(address) } catch {
                guard error == .missing else { throw error }
            }
        }
        return SNSRequest(call: call, input: input, arn: arn, topic: topic)
    }

    /// What the account may do with its topics whatever their policies say, so that it can never lock itself out.
    private static let repairs: Set<String> = [
        "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic",
    ]

    /// The topic's own policy, where it has a say.
    private func policy(for request: SNSRequest, _ name: String) -> Authorization.ResourcePolicy {
        guard let topic = request.topic, let text = topic.settings.policy,
            !(request.call.isAccount && Self.repairs.contains(name))
        else { return .none }
        return access.resourcePolicy(text, of: "policy of topic \(topic.address.name)")
    }
}
