import AccessPolicy
import Core
import Platform

/// The operations of EventBridge.
package struct EventBridgeOperations: Sendable {
    typealias Handler = @Sendable (EventBridgeRequest) async throws -> WireValue

    let buses: EventBuses
    let replays: EventReplays
    let connections: EventConnections
    let gate: CallGate
    private let access: AccessControl

    /// Serves an account's event buses.
    package init(
        buses: EventBuses, replays: EventReplays, access: AccessControl = AccessControl(), gate: CallGate
    ) {
        self.buses = buses
        self.replays = replays
        connections = EventConnections(buses: buses)
        self.access = access
        self.gate = gate
    }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        var operations: [String: OperationHandler] = [:]
        for group in [
            busOperations, ruleOperations, targetOperations, eventOperations, tagOperations, archiveOperations,
            replayOperations, connectionOperations, destinationOperations,
        ] {
            for (name, handler) in group { operations[name] = guarded(name, handler) }
        }
        return operations
    }

    /// Lets the caller through if it may, and turns what a handler throws into what the wire knows.
    private func guarded(_ name: String, _ handler: @escaping Handler) -> OperationHandler {
        let action = Action(service: "events", name: name)
        return { call, input in
            let request = EventBridgeRequest(call: call, input: input, buses: buses)
            do {
                for (resource, facts) in try request.resources(of: name) {
                    let policy = try await policy(for: request, name, resource)
                    try await Guard.check(call, action, on: resource, policy: policy, facts: facts)
                }
                return try await handler(request)
            } catch let error as EventBusError {
                throw WireError(error)
            }
        }
    }

    /// Whoever lets a rule act as a role must be allowed to pass that role on.
    func requirePassable(_ role: RoleARN?, by call: Call) async throws {
        guard let role, let arn = try? ARN(role.text) else { return }  // It was made of one.
        try await Guard.checkPassRole(call, arn, of: role.account, to: EventBuses.service)
    }

    /// What the account may do with its buses whatever their policies say, so that it can never lock itself out.
    private static let repairs: Set<String> = [
        "PutPermission", "RemovePermission", "DescribeEventBus", "DeleteEventBus", "UpdateEventBus",
    ]

    /// The policy of the bus that a resource is, or belongs to.
    private func policy(
        for request: EventBridgeRequest, _ name: String, _ resource: Resource
    ) async throws(EventBusError) -> Authorization.ResourcePolicy {
        guard case .named(let arn, _) = resource, let bus = request.bus(of: arn) else { return .none }
        try await buses.seek(bus)
        // What is not there has no policy.
        guard let text = (try? buses.bus(bus))?.policy, !(request.call.isAccount && Self.repairs.contains(name))
        else { return .none }
        return access.resourcePolicy(text, of: "policy of event bus \(bus)")
    }
}
