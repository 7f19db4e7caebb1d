import AccessPolicy
import Core
import NIOCore
import Storage

/// Calls functions: each parcel becomes a work item in the queue of asynchronous calls.
package struct FunctionRoute: DeliveryRoute {
    private let events: EventInvocations
    private let functions: Functions
    private let access: SenderAccess
    private let identity: Identity
    private let region: Region

    /// Takes who keeps the calls, the functions, and who may call them.
    package init(events: EventInvocations, functions: Functions, identity: Identity, region: Region) {
        self.events = events
        self.functions = functions
        self.identity = identity
        self.region = region
        access = SenderAccess(identity: identity, region: region)
    }

    package func delivery(of parcel: Parcel) async throws -> Delivery {
        // What names no function is none that is here.
        guard let reference = try? FunctionReference(parcel.target) else {
            return .refused(.final("NO_RESOURCE", "\(parcel.target) is not the ARN of a function."))
        }
        let target: ResolvedFunction
        do throws(FunctionError) { target = try await functions.resolve(reference, in: parcel.account) } catch {
            guard case .functionMissing = error else { throw error }
            return .refused(.final("NO_RESOURCE", "FunctionNotFound: there is no function \(parcel.target)."))
        }
        let refusal = try await access.refusal(
            parcel, Action(service: "lambda", name: "InvokeFunction"),
            on: Resource.function(parcel.account, region, target.name, target.qualifier),
            policy: identity.access.resourcePolicy(target.policy, of: "policy of function \(target.name)"),
            facts: ["lambda:functionarn": .text(target.invokedARN)])
        if let refusal { return .refused(refusal) }
        let call = EventInvocation(
            requestID: parcel.id, account: parcel.account, function: reference.name, qualifier: reference.qualifier,
            descent: parcel.descent, trace: parcel.trace, accepted: .now, payload: ByteBuffer(bytes: parcel.payload),
            channels: parcel.channels)
        do throws(GovernorRefusal) {
            try await events.governor.accept(GovernedCall(kind: .event, function: call.key, descent: call.descent))
        } catch {
            return .refused(
                error.isFinal ? .final(error.code, "\(error)") : .passing("THROTTLING", "\(error.code): \(error)"))
        }
        let queue = EventInvocations.queue(of: reference.name)
        return .operations([.enqueue(queue, body: try await events.item(of: call))]) {
            events.look(at: queue)
        }
    }
}
