import AccessPolicy
import Core

/// Begins executions: each parcel is the input of one, in the name of the parcel, so that one that comes twice begins one.
package struct WorkflowRoute: DeliveryRoute {
    private let workflows: Workflows
    private let access: SenderAccess

    /// Takes the state machines, and who may begin executions of them.
    package init(workflows: Workflows, identity: Identity) {
        self.workflows = workflows
        access = SenderAccess(identity: identity, region: workflows.region)
    }

    package func delivery(of parcel: Parcel) async throws -> Delivery {
        let target: MachineTarget
        do throws(WorkflowError) {
            target = try await workflows.machines.target(parcel.target, drawing: Int.random(in: 0..<100))
            _ = try await workflows.machines.machine(target.name)
        } catch {
            guard case .machineMissing = error else { throw error }
            return .refused(.final("NO_RESOURCE", "There is no state machine \(parcel.target)."))
        }
        let refusal = try await access.refusal(
            parcel, Action(service: "states", name: "StartExecution"),
            on: .named(workflows.machines.arn(target.name), owner: parcel.account), policy: .none)
        if let refusal { return .refused(refusal) }
        var start = Workflows.Start(
            machine: target.name, name: WorkflowName(parcel.id),
            input: String(decoding: parcel.payload, as: UTF8.self), descent: parcel.descent, trace: parcel.trace,
            request: parcel.id)
        start.target = target
        return .errand { [start] in await begin(start) }
    }

    private func begin(_ start: Workflows.Start) async -> ErrandEnd {
        do throws(WorkflowError) { _ = try await workflows.start(start) } catch {
            switch error {
            case .refused(let refusal) where !refusal.isFinal:
                return .refused(.passing("THROTTLING", "\(refusal.code): \(refusal)"))
            case .refused(let refusal): return .refused(.final(refusal.code, "\(refusal)"))
            case .inputNotJSON, .inputTooLarge:
                return .refused(.final("INVALID_PARAMETER", "The state machine does not take the input: \(error)"))
            case .machineMissing, .machineIsDeleting:
                return .refused(.final("NO_RESOURCE", "The state machine is gone."))
            default: return .refused(.passing("INTERNAL_ERROR", "The execution could not begin: \(error)"))
            }
        }
        return .delivered
    }
}
