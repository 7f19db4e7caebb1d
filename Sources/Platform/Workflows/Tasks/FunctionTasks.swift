import AccessPolicy
import Core
import NIOCore
import StatesLanguage

/// Calls functions for executions, by their ARN or as `arn:aws:states:::lambda:invoke` has it.
///
/// Source: Step Functions developer guide, "Invoke an AWS Lambda function with Step Functions".
package struct FunctionTasks: TaskService {
    /// A function that is to be called.
    private struct Order {
        let reference: FunctionReference
        let payload: JSON
        let clientContext: String?
        /// Whether the answer says more than what the function returned.
        let isWrapped: Bool
        let isEvent: Bool
    }

    private struct Refusal: Error {
        let error: String
        let cause: String
    }

    /// How long a call rests that could not begin.
    private static let pause = Duration.milliseconds(500)

    private let pool: Pool
    private let events: EventInvocations
    private let functions: Functions
    private let identity: Identity
    private let audit: AuditTrail

    /// Calls functions in a pool; those that nobody waits for, through the queues of asynchronous calls.
    package init(
        pool: Pool, events: EventInvocations, functions: Functions, identity: Identity, audit: AuditTrail
    ) {
        self.pool = pool
        self.events = events
        self.functions = functions
        self.identity = identity
        self.audit = audit
    }

    /// A stop or the lack of room makes a call wait; what is wrong with it will be told when it is made.
    package func delay(of call: TaskCall) async -> Duration? {
        guard let order = try? order(call), let target = try? await target(order, call, isCalled: false)
        else { return nil }
        let probe = invocation(call, order, target)
        let obstacle = await withCheckedContinuation { continuation in
            pool.eventLoop.execute {
                continuation.resume(returning: pool.assumeIsolated { $0.obstacle(to: probe) })
            }
        }
        switch obstacle {
        case .refused(.overBudget(let item, _, _))? where item.isFinal: return nil
        case .refused?, .throttled(.host)?: return Self.pause
        default: return nil
        }
    }

    package func perform(_ call: TaskCall) async -> TaskEnd {
        do {
            let order = try order(call)
            let target = try await target(order, call, isCalled: true)
            if order.isEvent { return try await enqueue(order, target, call) }
            guard let result = await result(of: invocation(call, order, target)) else { return .interrupted }
            return try end(result, order, call)
        } catch let refusal as Refusal {
            return .failed(error: refusal.error, cause: refusal.cause)
        } catch {
            return .failed(error: "Lambda.ServiceException", cause: "The function could not be called.")
        }
    }

    /// What a function answers; `nil` where the task is cancelled first, which does not wait for the function.
    private func result(of invocation: Invocation) async -> InvocationResult? {
        let (results, continuation) = AsyncStream.makeStream(of: InvocationResult.self)
        pool.eventLoop.execute {
            pool.assumeIsolated { $0.invoke(invocation) { continuation.yield($0) } }
        }
        return await results.first { _ in true }
    }

    private func order(_ call: TaskCall) throws -> Order {
        let arguments = call.order.arguments
        guard case .service(_, let action) = call.order.target else {
            return Order(
                reference: try reference(call.order.resource, qualifier: nil), payload: arguments, clientContext: nil,
                isWrapped: false, isEvent: false)
        }
        guard action == "invoke" || action == "invoke.waitForTaskToken" else {
            throw Refusal(error: ErrorName.runtime, cause: "The resource '\(call.order.resource)' is not served here.")
        }
        guard let name = arguments["FunctionName"]?.string else {
            throw Refusal(error: ErrorName.runtime, cause: "The arguments of lambda:invoke have no FunctionName.")
        }
        return Order(
            reference: try reference(name, qualifier: arguments["Qualifier"]?.string),
            payload: arguments["Payload"] ?? .object(JSONObject()),
            clientContext: arguments["ClientContext"]?.string, isWrapped: true,
            isEvent: arguments["InvocationType"]?.string == "Event")
    }

    private func reference(_ text: String, qualifier: String?) throws -> FunctionReference {
        do {
            let reference = try FunctionReference(text)
            guard let qualifier else { return reference }
            return FunctionReference(
                account: reference.account, name: reference.name, qualifier: try Qualifier(qualifier))
        } catch {
            throw Refusal(error: "Lambda.ResourceNotFoundException", cause: "Function not found: \(text.prefix(256))")
        }
    }

    /// The function, if the execution's role may call it; a denial is kept where it is called now.
    private func target(_ order: Order, _ call: TaskCall, isCalled: Bool) async throws -> ResolvedFunction {
        let target: ResolvedFunction
        do throws(FunctionError) { target = try await functions.resolve(order.reference, in: call.account) } catch {
            guard case .functionMissing(let arn) = error else { throw error }
            throw Refusal(
                error: "Lambda.ResourceNotFoundException",
                cause: "Function not found: \(arn) (Service: Lambda, Status Code: 404, Request ID: \(call.id))")
        }
        let principal = try await principal(call)
        do {
            try await identity.authorize(
                principal, Action(service: "lambda", name: "InvokeFunction"),
                on: .function(call.account, call.region, target.name, target.qualifier),
                policy: identity.access.resourcePolicy(target.policy, of: "policy of function \(target.name)"),
                in: AccessContext(
                    time: .now, region: call.region, facts: ["lambda:functionarn": .text(target.invokedARN)]))
        } catch let denied as AccessDenied {
            if isCalled { audit.denied(denied, to: call) }
            throw Refusal(
                error: "Lambda.AWSLambdaException",
                cause: "\(denied.message) (Service: Lambda, Status Code: 403, Request ID: \(call.id))")
        }
        return target
    }

    private func principal(_ call: TaskCall) async throws -> Principal {
        guard let session = try await call.session(identity) else {
            throw Refusal(
                error: "States.Permissions",
                cause:
                    "The role \(call.role) cannot be assumed by \(Workflows.service); its trust policy must allow it.")
        }
        return session
    }

    private func invocation(_ call: TaskCall, _ order: Order, _ target: ResolvedFunction) -> Invocation {
        Invocation(
            id: call.id.description, target: target, payload: ByteBuffer(bytes: order.payload.serialized),
            clientContext: order.clientContext, trace: call.trace, descent: call.descent)
    }

    private func enqueue(_ order: Order, _ target: ResolvedFunction, _ call: TaskCall) async throws -> TaskEnd {
        let event = EventInvocation(
            requestID: call.id, account: call.account, target: target, descent: call.descent, trace: call.trace,
            accepted: .now, payload: ByteBuffer(bytes: order.payload.serialized), clientContext: order.clientContext)
        let acceptance = await events.taken(event)
        guard case .accepted = acceptance else {
            throw Refusal(error: "Lambda.TooManyRequestsException", cause: "The call was not taken: \(acceptance)")
        }
        return finished(
            call,
            .object(JSONObject([("StatusCode", 202), ("Payload", ""), ("SdkHttpMetadata", ["HttpStatusCode": 202])])))
    }

    private func end(_ result: InvocationResult, _ order: Order, _ call: TaskCall) throws -> TaskEnd {
        switch result.outcome {
        case .success(let payload):
            let value: JSON
            do { value = try JSON(parsing: Array(payload.readableBytesView)) } catch {
                // A function that returns nothing at all returns null to who waits for JSON.
                guard payload.readableBytes == 0 else {
                    throw Refusal(error: ErrorName.runtime, cause: "The function's answer is not JSON.")
                }
                return finished(call, .null)
            }
            guard order.isWrapped else { return finished(call, value) }
            return finished(
                call,
                [
                    "ExecutedVersion": .string("\(result.executedVersion)"), "Payload": value,
                    "SdkHttpMetadata": ["HttpStatusCode": 200],
                    "SdkResponseMetadata": ["RequestId": .string(call.id.description)], "StatusCode": 200,
                ])
        case .functionError(let payload):
            let text = String(decoding: payload.readableBytesView, as: UTF8.self)
            // What is no object says no type.
            let type = (try? JSON(parsing: text))?["errorType"]?.string
            throw Refusal(error: type ?? "Lambda.Unknown", cause: text)
        // Neither a stop nor a host that has no room is the fault of the function.
        case .throttled(.host): return .postponed(Self.pause)
        case .refused(.overBudget(let item, _, _)) where item.isFinal:
            throw Refusal(
                error: "Lambda.TooManyRequestsException", cause: "The lineage has used up its \(item.rawValue).")
        case .refused: return .postponed(Self.pause)
        case .throttled(let throttle):
            throw Refusal(error: "Lambda.TooManyRequestsException", cause: "Rate Exceeded: \(throttle)")
        case .unavailable(.shuttingDown): return .interrupted
        case .unavailable(let failure): throw Refusal(error: "Lambda.ServiceException", cause: "\(failure)")
        }
    }

    /// The answer of a call; a function that was given a token says later itself when it is done.
    private func finished(_ call: TaskCall, _ value: JSON) -> TaskEnd {
        call.order.target.waitsForToken ? .submitted(value) : .succeeded(value)
    }
}

extension TaskCall {
    /// The execution's role as the task is done as it; `nil` where it may not be assumed.
    package func session(_ identity: Identity) async throws -> Principal? {
        try await identity.session(
            of: role, for: Workflows.service, named: "states",
            facts: [
                "aws:sourceaccount": .text(account.text), "aws:sourcearn": .text(machineARN.description),
            ])
    }
}

extension EventInvocations {
    /// Takes a call in, and waits until it is durable or refused.
    fileprivate nonisolated func taken(_ call: EventInvocation) async -> Acceptance {
        await withCheckedContinuation { continuation in
            pool.eventLoop.execute {
                self.assumeIsolated { $0.accept(call) { continuation.resume(returning: $0) } }
            }
        }
    }
}
