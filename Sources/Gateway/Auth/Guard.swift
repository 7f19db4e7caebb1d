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
    /// Refuses to let a service act as a role that the caller may not pass on.
    static func checkPassRole(_ call: Call, _ role: ARN, of owner: AccountID, to service: String) async throws {
        try await checkToo(
            call, Action(service: "iam", name: "PassRole"), on: .named(role, owner: owner),
            facts: ["iam:passedtoservice": .text(service)])
    }

    /// Refuses to let results be told to a topic that the caller may not publish to itself.
    static func checkPublish(_ call: Call, to topic: TopicName) async throws {
        let arn = TopicAddress(account: call.account, name: topic).arn(in: call.region)
        try await checkToo(call, Action(service: "sns", name: "Publish"), on: .named(arn, owner: call.account))
    }

    /// Refuses what an operation of one service needs of another; the code is that of the operation's, all of which are JSON.
    private static func checkToo(
        _ call: Call, _ action: Action, on resource: Resource, facts: [String: ContextValue] = [:]
    ) async throws {
        do {
            try await call.authorize(action, on: resource, facts: facts)
        } catch let denied as AccessDenied {
            throw WireError("AccessDeniedException", denied.message, status: 403)
        }
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
