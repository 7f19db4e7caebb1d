import AccessPolicy
import Core
import NIOCore
import Storage

/// Calls functions for schedules: each firing becomes a work item in the queue of asynchronous calls.
///
/// The schedule's role must let the scheduler assume it, and be allowed to call the function, every time.
package struct FunctionDelivery: Sendable {
    private static let service = "scheduler.amazonaws.com"
    private static let session = "scheduler"

    private let events: EventInvocations
    private let functions: Functions
    private let identity: Identity

    /// Takes who keeps the calls, the functions, and the roles.
    package init(events: EventInvocations, functions: Functions, identity: Identity) {
        self.events = events
        self.functions = functions
        self.identity = identity
    }

    /// Whether EventBridge Scheduler may act as a role.
    package static func mayAct(as role: RoleARN, for account: AccountID, _ identity: Identity) async throws -> Bool {
        try await identity.session(of: role, for: service, named: session, facts: facts(account)) != nil
    }

    /// What is written so that the function is called.
    package func deliver(_ firing: Firing) async throws -> Delivery {
        guard let reference = ScheduleTarget.function(firing.target.arn) else {
            return .refused(item: [], reason: "TargetNotServed")
        }
        var target: ResolvedFunction?
        do throws(FunctionError) { target = try await functions.resolve(reference, in: firing.account) } catch {
            guard case .functionMissing = error else { throw error }
        }
        let call = EventInvocation(
            requestID: firing.execution, account: firing.account, function: reference.name,
            qualifier: reference.qualifier, descent: firing.descent, trace: firing.trace, accepted: .now,
            payload: ByteBuffer(string: firing.input))
        if let reason = try await refusal(firing, reference, target, call) {
            return .refused(item: try await events.item(of: call).bytes, reason: reason)
        }
        let queue = EventInvocations.queue(of: reference.name)
        return .operations([.enqueue(queue, body: try await events.item(of: call).bytes)]) {
            events.look(at: queue)
        }
    }

    /// Why the function is not called, if it is not.
    private func refusal(
        _ firing: Firing, _ reference: FunctionReference, _ target: ResolvedFunction?, _ call: EventInvocation
    ) async throws -> String? {
        guard let target else { return "FunctionNotFound" }
        let role = firing.target.role
        guard
            let principal = try await identity.session(
                of: role, for: Self.service, named: Self.session,
                facts: Self.facts(firing.account).merging(["aws:sourcearn": .text(firing.schedule.description)]) { $1 })
        else { return "RoleNotAssumable: \(role)" }
        let resource = Resource.function(firing.account, firing.region, target.name, target.qualifier)
        do {
            try await identity.authorize(
                principal, Action(service: "lambda", name: "InvokeFunction"), on: resource,
                policy: identity.access.resourcePolicy(target.policy, of: "policy of function \(target.name)"),
                in: AccessContext(
                    time: .now, region: firing.region, facts: ["lambda:functionarn": .text(target.invokedARN)]))
        } catch let denied as AccessDenied { return "AccessDenied: \(denied.message)" }
        let governed = GovernedCall(kind: .event, function: call.key, descent: firing.descent)
        do throws(GovernorRefusal) { try await events.governor.accept(governed) } catch { return error.code }
        return nil
    }

    private static func facts(_ account: AccountID) -> [String: ContextValue] {
        ["aws:sourceaccount": .text(account.text)]
    }
}
