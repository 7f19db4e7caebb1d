import Core
import NIOCore
import Platform

extension LambdaOperations {
    /// The call of a function from inside the platform; requests from outside take the front's shorter way.
    var invokeOperations: [String: Handler] { calls.map { ["Invoke": invoking($0)] } ?? [:] }

    private func invoking(_ calls: FunctionCalls) -> Handler {
        { request in
            try request.input.refuse("DurableExecutionName", "TenantId")
            let target = try await functions.resolve(request.reference(), in: request.account)
            let payload = ByteBuffer(bytes: request.input["Payload"]?.blob ?? Array("{}".utf8))
            let call = request.call
            let context = try request.clientContext()
            switch request.input["InvocationType"]?.string {
            case "DryRun": return ["StatusCode": 204]
            case "Event":
                let event = EventInvocation(
                    requestID: call.requestID, account: target.account, target: target, descent: call.descent,
                    trace: call.trace, accepted: .now, payload: payload, clientContext: context)
                if let error = WireError(await calls.accept(event)) { throw error }
                return ["StatusCode": 202]
            default:
                let invocation = Invocation(
                    id: call.requestID.description, target: target, payload: payload, clientContext: context,
                    trace: call.trace, descent: call.descent, wantsLogTail: request.input["LogType"]?.string == "Tail")
                return try Self.output(await calls.run(invocation))
            }
        }
    }

    private static func output(_ result: InvocationResult) throws(WireError) -> WireValue {
        let (payload, fault): (ByteBuffer, WireValue) =
            switch result.outcome {
            case .success(let payload): (payload, .null)
            case .functionError(let payload): (payload, "Unhandled")
            case .throttled(let throttle): throw WireError(throttle)
            case .refused(let refusal): throw WireError(refusal)
            case .unavailable(let failure): throw WireError(failure)
            }
        return [
            "StatusCode": 200, "FunctionError": fault, "Payload": .blob(Array(payload.readableBytesView)),
            "ExecutedVersion": .string("\(result.executedVersion)"),
            "LogResult": result.logTail.map { .string(Base64.encode($0)) } ?? .null,
        ]
    }
}

extension LambdaOperations.Request {
    fileprivate func clientContext() throws(WireError) -> String? {
        guard let encoded = input["ClientContext"]?.string else { return nil }
        guard let context = InvokeRequest.clientContext(encoded) else {
            throw WireError(
                "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object.")
        }
        return context
    }
}
