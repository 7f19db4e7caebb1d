import AccessPolicy
import Core
import Platform

/// The operations of Step Functions.
package struct StepFunctionsOperations: Sendable {
    /// What one operation is given: the call, and its input.
    struct Request: Sendable {
        let call: Call
        let input: WireValue
    }

    typealias Handler = @Sendable (Request) async throws -> WireValue

    let workflows: Workflows
    let identity: Identity

    var machines: StateMachines { workflows.machines }

    /// Serves an account's state machines; `identity` knows the roles that their executions act as.
    package init(workflows: Workflows, identity: Identity) {
        self.workflows = workflows
        self.identity = identity
    }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        var operations: [String: OperationHandler] = [:]
        for group in [
            machineOperations, executionOperations, versionOperations, aliasOperations, activityOperations,
            definitionOperations, redriveOperations, mapRunOperations, taskOperations,
        ] {
            for (name, handler) in group { operations[name] = guarded(name, handler) }
        }
        return operations
    }

    /// Lets the caller through if it may, and turns what a handler throws into what the wire knows.
    private func guarded(_ name: String, _ handler: @escaping Handler) -> OperationHandler {
        let action = Action(service: "states", name: name)
        return { call, input in
            let request = Request(call: call, input: input)
            do {
                try await Guard.check(
                    call, action, on: try request.machine(workflows) ?? request.resource(of: name, machines),
                    facts: RequestFacts.facts("states", name, input))
                return try await handler(request)
            } catch let error as WorkflowError {
                throw WireError(error)
            }
        }
    }

    /// Whoever lets a machine act as a role must be allowed to pass that role on, and the role must trust the service.
    func requireUsable(_ role: RoleARN, by call: Call) async throws {
        guard let arn = try? ARN(role.text) else { return }  // It was made of one.
        try await Guard.checkPassRole(call, arn, of: role.account, to: Workflows.service)
        guard try await SenderAccess.mayAct(as: role, Workflows.service, for: call.account, identity) else {
            throw WireError(WorkflowError.roleNotAssumable(role))
        }
    }
}

extension StepFunctionsOperations.Request {
    /// What the operation acts on, as policies name it.
    fileprivate func resource(of operation: String, _ machines: StateMachines) throws -> Resource {
        switch operation {
        case "CreateStateMachine": return .named(machines.arn(try name()), owner: call.account)
        case "CreateActivity":
            let arn = ARN(
                service: "states", region: machines.region, account: machines.account,
                resource: "activity:\(try name())")
            return .named(arn, owner: call.account)
        default:
            let members = [
                "stateMachineArn", "stateMachineAliasArn", "stateMachineVersionArn", "executionArn", "mapRunArn",
                "resourceArn", "activityArn",
            ]
            let routed = input["routingConfiguration"]?.list?.first?["stateMachineVersionArn"]?.string
            guard let text = members.lazy.compactMap({ input[$0]?.string }).first ?? routed else {
                return .account(call.account)
            }
            do { return .named(try ARN(text), owner: call.account) } catch { throw Self.invalidARN(text) }
        }
    }

    /// The name that the input gives what it makes.
    func name(_ member: String = "name") throws -> WorkflowName {
        let text = input[member]?.string ?? ""
        do { return try WorkflowName(text) } catch { throw WireError("InvalidName", "Invalid Name: '\(text)'") }
    }

    /// An ARN of this service, account and region; whether there is such a thing is another question.
    func arn(_ member: String) throws -> String {
        let text = input[member]?.string ?? ""
        guard let arn = try? ARN(text), arn.service == "states" else { throw Self.invalidARN(text) }
        return text
    }

    static func invalidARN(_ text: String) -> WireError {
        WireError("InvalidArn", "Invalid Arn: 'Invalid ARN: \(text.prefix(256))'")
    }

    /// The tags that the input lists; of those with one key the last counts.
    var tags: [String: String] {
        var tags: [String: String] = [:]
        for tag in input["tags"]?.list ?? [] { tags[tag["key"]?.string ?? ""] = tag["value"]?.string ?? "" }
        return tags
    }

    /// The most elements of a page; 0 asks for as many as there are where nothing is said.
    var limit: Int {
        let limit = input["maxResults"]?.int ?? 0
        return limit == 0 ? 100 : limit
    }

    var token: String? { input["nextToken"]?.string }
}
