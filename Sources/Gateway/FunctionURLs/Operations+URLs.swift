import Core
import NIOCore
import Platform

extension Operations {
    /// Finds the function of a URL, and lets the front go on with the request.
    func resolve(_ target: FunctionURLTarget, since generation: Int, _ order: Front.Order) async {
        do {
            let account = services.account
            guard let function = try await services.functions.resolve(urlID: target.id, in: account) else {
                return answer(order, FunctionURLReply.forbidden(order.request))
            }
            onLoop {
                let front = front.value
                front.targets.keep(function, target.cacheName, account, since: generation)
                front.call(target, function, order.request, for: order.handler.value)
            }
        } catch {
            answer(order, failure(error, order))
        }
    }

    /// Calls a function for a request to its URL: the event is made and the answer read here, beside the event loop.
    func call(
        _ target: FunctionURLTarget, _ function: ResolvedFunction, _ caller: Front.Caller, _ order: Front.Order
    ) async {
        let request = order.request
        let event = FunctionURLEvent.bytes(
            request, target, by: caller.principal, accessKey: caller.accessKey, at: .now)
        guard event.count <= InvokeRequest.synchronousLimit else {
            return answer(order, FunctionURLReply.tooLarge(request))
        }
        let invocation = Invocation(
            id: request.id.description, target: function, payload: ByteBuffer(bytes: event), clientContext: nil,
            trace: request.trace, amazonTrace: request.trace.amazon, descent: request.descent)
        let result = await withCheckedContinuation { continuation in
            onLoop {
                front.value.pool.assumeIsolated { $0.invoke(invocation) { continuation.resume(returning: $0) } }
            }
        }
        answer(order, FunctionURLReply.result(result, function.url, request))
    }
}
