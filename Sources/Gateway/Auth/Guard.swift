import AccessPolicy
import Core
import Platform

/// Puts the one `authorize` call before operations, so that no handler can forget it.
package enum Guard {
    /// What an operation acts on, read from its input.
    package typealias ResourceOf = @Sendable (_ call: Call, _ operation: String, _ input: WireValue) -> Resource

    /// The operations, each of which first asks whether the caller may do it.
    package static func authorized(
        _ operations: [String: OperationHandler], service: String, on resource: @escaping ResourceOf
    ) -> [String: OperationHandler] {
        var guarded: [String: OperationHandler] = [:]
        for (name, handler) in operations {
            let action = Action(service: service, name: name)
            guarded[name] = { call, input in
                try await check(
                    call, action, on: resource(call, name, input), facts: RequestFacts.facts(service, name, input))
                return try await handler(call, input)
            }
        }
        return guarded
    }

    /// Refuses a call that its caller may not make; the code is the one of the query protocol and of S3.
    package static func check(
        _ call: Call, _ action: Action, on resource: Resource, policy: Authorization.ResourcePolicy = .none,
        facts: [String: ContextValue] = [:]
    ) async throws {
        do {
            try await call.authorize(action, on: resource, policy: policy, facts: facts)
        } catch let denied as AccessDenied {
            throw WireError(denied.code, denied.message, status: 403)
        }
    }
}

extension Guard {
    /// Refuses to let results be told to a topic that the caller may not publish to itself.
    static func checkPublish(_ call: Call, to topic: TopicName) async throws {
        let arn = TopicAddress(account: call.account, name: topic).arn(in: call.region)
        try await check(call, Action(service: "sns", name: "Publish"), on: .named(arn, owner: call.account))
    }
}

extension AccessDenied {
    /// The code by which clients know a refusal; only the older protocols leave out `Exception`.
    package var code: String {
        switch action.service {
        case "iam", "sts", "sns", "s3", "cloudformation": "AccessDenied"
        default: "AccessDeniedException"
        }
    }
}
