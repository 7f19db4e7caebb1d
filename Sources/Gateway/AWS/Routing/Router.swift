import Core

/// Finds out which operation a request calls, by the rules of each protocol.
///
/// The host is not looked at: clients put prefixes such as `sync-` before it.
package enum Router {
    /// Finds the operation and reads its input, validated.
    package static func decode(
        request: WireRequest, catalog: ServiceCatalog = .embedded
    ) throws(WireFailure) -> DecodedCall {
        let routed = try route(request, catalog: catalog)
        return DecodedCall(operation: routed.operation, input: try routed.input())
    }

    /// Finds the operation; its input is read by `RoutedRequest.input()`, once the caller is known.
    package static func route(
        _ request: WireRequest, catalog: ServiceCatalog = .embedded
    ) throws(WireFailure) -> RoutedRequest {
        let name = SignedService.name(of: request) ?? serviceOfUnsigned(request)
        guard let model = name.flatMap(catalog.model(named:)) else {
            throw WireFailure(.unknownService, .unknownService(name ?? "", request), Dialect(guessing: request))
        }
        return try route(request, to: model)
    }

    /// How to answer a request that is refused before it is routed, such as one whose signature is wrong.
    package static func dialect(of request: WireRequest, catalog: ServiceCatalog = .embedded) -> Dialect {
        let name = SignedService.name(of: request) ?? serviceOfUnsigned(request)
        return name.flatMap(catalog.model(named:)).map { Dialect($0.identity) } ?? Dialect(guessing: request)
    }

    /// Finds the operation among those of one service.
    static func route(_ request: WireRequest, to model: ServiceModel) throws(WireFailure) -> RoutedRequest {
        let routed =
            switch model.identity.wireProtocol {
            case .json where model.identity.isQueryCompatible && request.headers["x-amz-target"] == nil:
                try routeOlderForm(request, model)
            case .json: try routeTarget(request, model)
            case .query: try routeForm(request, model)
            case .restJSON, .restXML: try routePath(request, model)
            }
        guard routed.operation.isServed else {
            let error = WireError.unknownOperation(routed.operation.name, routed.operation.service)
            throw WireFailure(.notServed, error, Dialect(routed.operation))
        }
        return routed
    }

    private static func routeTarget(_ request: WireRequest, _ model: ServiceModel) throws(WireFailure) -> RoutedRequest
    {
        let target = request.headers["x-amz-target"] ?? ""
        let name = target.split(separator: ".").last.map(String.init) ?? target
        return RoutedRequest(operation: try operation(name, model), request: request, parts: .json)
    }

    private static func routeForm(_ request: WireRequest, _ model: ServiceModel) throws(WireFailure) -> RoutedRequest {
        var pairs = try pairs(request.rawQuery, model)
        guard let form = String(validating: request.body, as: UTF8.self) else {
            throw malformed(Malformed("The body is not UTF-8"), model)
        }
        pairs += try self.pairs(form, model)
        let action = pairs.first { $0.name == "Action" }?.value ?? ""
        guard let operation = model.operations[action]?.asQuery() else {
            let identity = model.identity.asQuery()
            throw WireFailure(.unknownOperation, .unknownOperation(action, identity), Dialect(identity))
        }
        return RoutedRequest(operation: operation, request: request, parts: .form(pairs))
    }

    /// Finds the operation of a request in the older query protocol, which may name the queue by the path alone.
    private static func routeOlderForm(
        _ request: WireRequest, _ model: ServiceModel
    ) throws(WireFailure) -> RoutedRequest {
        let routed = try routeForm(request, model)
        guard case .form(var pairs) = routed.parts else { return routed }
        if !pairs.contains(where: { $0.name == "QueueUrl" }), request.rawPath.split(separator: "/").count == 2 {
            pairs.append(("QueueUrl", request.rawPath))
        }
        return RoutedRequest(operation: routed.operation, request: request, parts: .form(pairs))
    }

    private static func routePath(_ request: WireRequest, _ model: ServiceModel) throws(WireFailure) -> RoutedRequest {
        let query = try pairs(request.rawQuery, model)
        let match = model.routes.match(method: request.method, path: request.rawPath, query: query)
        let operation = try operation(match?.operation ?? "\(request.method) \(request.rawPath)", model)
        return RoutedRequest(
            operation: operation, request: request, parts: .rest(labels: match?.labels ?? [:], query: query))
    }

    private static func operation(_ name: String, _ model: ServiceModel) throws(WireFailure) -> OperationModel {
        if let operation = model.operations[name] { return operation }
        throw WireFailure(.unknownOperation, .unknownOperation(name, model.identity), Dialect(model.identity))
    }

    private static func pairs(
        _ text: String, _ model: ServiceModel
    ) throws(WireFailure) -> [(name: String, value: String)] {
        do { return try PercentCoding.pairs(text) } catch { throw malformed(error, model) }
    }

    private static func malformed(_ error: Malformed, _ model: ServiceModel) -> WireFailure {
        WireFailure(.malformed, .malformed(error, model.identity), Dialect(model.identity))
    }

    /// The two operations by which one gets credentials with a token instead of a signature.
    private static func serviceOfUnsigned(_ request: WireRequest) -> String? {
        guard request.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true,
            request.body.count <= 1 << 20,
            // A form that does not parse has no action, so it is answered as unknown.
            let pairs = try? PercentCoding.pairs(String(decoding: request.body, as: UTF8.self)),
            let action = pairs.first(where: { $0.name == "Action" })?.value
        else { return nil }
        return ["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"].contains(action) ? "sts" : nil
    }
}

/// A request whose operation and validated input are known.
package struct DecodedCall: Sendable {
    package let operation: OperationModel
    package let input: WireValue

    /// The signing name of the service.
    package var service: String { operation.service.signingName }
}
