import AccessPolicy
import Core
import NIOCore
import Platform

/// Requests to function URLs: who calls is found out here, the rest takes time and is done by `Operations`.
extension Front {
    private static let urlAction = Action(service: "lambda", name: "InvokeFunctionUrl")

    /// Handles a request to a URL whose function may not be known yet.
    func handle(_ target: FunctionURLTarget, _ request: HTTPRequest, for handler: FrontConnection) {
        guard target.isPossible else { return handler.answer(FunctionURLReply.forbidden(request)) }
        guard let function = targets[target.cacheName, account] else {
            return order(request, .resolveURL(target, since: targets.generation), handler)
        }
        call(target, function, request, for: handler)
    }

    /// Handles a request to the URL of a function.
    func call(
        _ target: FunctionURLTarget, _ function: ResolvedFunction, _ request: HTTPRequest, for handler: FrontConnection
    ) {
        guard let url = function.url, url.id == target.id else {
            return handler.answer(FunctionURLReply.forbidden(request))
        }
        if url.cors != nil, FunctionURLSharing.isQuestion(request.head) {
            return handler.answer(FunctionURLReply.question(url, request))
        }
        var caller = Caller(principal: .anonymous(function.account), accessKey: nil)
        if url.authorization == .iam {
            do throws(AuthenticationError) {
                switch try authenticate(request, for: "lambda") {
                case .verified(let principal, let accessKey):
                    caller = Caller(principal: principal, accessKey: accessKey)
                case .unloaded(let key, let token): return order(request, .loadKey(key, token: token), handler)
                }
            } catch {
                let wire = error.wire(.restJSON)
                audit.unproven(wire.code, request)
                return handler.answer(FunctionURLReply.unproven(error, request))
            }
        }
        let verdict = control.decide(
            caller.principal, Self.urlAction,
            on: .function(function.account, region, function.name, function.qualifier),
            policy: control.resourcePolicy(function.policy, of: "policy of function \(function.name)"),
            in: AccessContext(
                time: clock(), sourceAddress: request.source?.ipAddress, region: region,
                userAgent: request.head.header("user-agent"),
                facts: [
                    "lambda:functionarn": .text(function.invokedARN),
                    "lambda:functionurlauthtype": .text(url.authorization.rawValue),
                    "lambda:invokedviafunctionurl": .flag(true),
                ], resourceTags: function.tags))
        switch verdict {
        case .allowed: order(request, .callURL(target, function, caller), handler)
        case .unloaded(let holder): order(request, .loadPolicies(holder), handler)
        case .denied(let denial):
            audit.denied(denial, request)
            handler.answer(FunctionURLReply.forbidden(request))
        }
    }
}
