import Core
import Platform

extension LambdaOperations {
    var urlOperations: [String: Handler] {
        [
            "CreateFunctionUrlConfig": createURL, "GetFunctionUrlConfig": getURL, "UpdateFunctionUrlConfig": updateURL,
            "DeleteFunctionUrlConfig": deleteURL, "ListFunctionUrlConfigs": listURLs,
        ]
    }

    @Sendable private func createURL(_ request: Request) async throws -> WireValue {
        let reference = try request.urlReference()
        try refuseStreaming(request)
        let authorization = FunctionURL.Authorization(rawValue: request.input["AuthType"]?.string ?? "") ?? .iam
        let cors = request.input["Cors"].map(Self.cors)
        let made = try await functions.createURL(
            of: reference.name, reference.qualifier, authorization: authorization,
            cors: cors.flatMap { $0.isEmpty ? nil : $0 }, in: request.account)
        return show(made, request)
    }

    @Sendable private func getURL(_ request: Request) async throws -> WireValue {
        let reference = try request.urlReference()
        return show(
            try await functions.url(of: reference.name, reference.qualifier, in: request.account), request)
    }

    @Sendable private func updateURL(_ request: Request) async throws -> WireValue {
        let reference = try request.urlReference()
        try refuseStreaming(request)
        return show(
            try await functions.updateURL(
                of: reference.name, reference.qualifier,
                authorization: request.input["AuthType"]?.string.flatMap(FunctionURL.Authorization.init(rawValue:)),
                cors: request.input["Cors"].map(Self.cors), in: request.account), request)
    }

    @Sendable private func deleteURL(_ request: Request) async throws -> WireValue {
        let reference = try request.urlReference()
        try await functions.deleteURL(of: reference.name, reference.qualifier, in: request.account)
        return [:]
    }

    @Sendable private func listURLs(_ request: Request) async throws -> WireValue {
        let page = try await functions.listURLs(
            of: request.wholeFunction(), after: request.input["Marker"]?.string, limit: request.pageSize,
            in: request.account)
        return WireValue(page, named: "FunctionUrlConfigs") { show($0, request) }
    }

    private func refuseStreaming(_ request: Request) throws {
        guard request.input["InvokeMode"]?.string == "RESPONSE_STREAM" else { return }
        throw WireError.invalidParameter(
            "InvokeMode RESPONSE_STREAM is not supported by this server yet: use BUFFERED.")
    }

    private static func cors(_ value: WireValue) -> FunctionURL.CORS {
        var cors = FunctionURL.CORS()
        cors.allowsCredentials = value["AllowCredentials"]?.bool
        cors.headers = value["AllowHeaders"]?.strings
        cors.methods = value["AllowMethods"]?.strings
        cors.origins = value["AllowOrigins"]?.strings
        cors.exposedHeaders = value["ExposeHeaders"]?.strings
        cors.maximumAge = value["MaxAge"]?.int
        return cors
    }

    private func show(_ found: FunctionURLDescription, _ request: Request) -> WireValue {
        let url = found.url
        var value: WireValue = [
            "FunctionUrl": .string("\(request.call.endpoint)\(FunctionURLTarget.pathPrefix)\(url.id)/"),
            "FunctionArn": .string(found.arn), "AuthType": .string(url.authorization.rawValue),
            "InvokeMode": "BUFFERED",
            "CreationTime": .string(url.created.iso8601), "LastModifiedTime": .string(url.modified.iso8601),
        ]
        if let cors = url.cors {
            value["Cors"] = [
                "AllowCredentials": WireValue(cors.allowsCredentials), "AllowHeaders": WireValue(cors.headers),
                "AllowMethods": WireValue(cors.methods), "AllowOrigins": WireValue(cors.origins),
                "ExposeHeaders": WireValue(cors.exposedHeaders), "MaxAge": WireValue(cors.maximumAge),
            ]
        }
        return value
    }
}

extension LambdaOperations.Request {
    /// The function or alias that has a URL, or is to have one; versions have none.
    fileprivate func urlReference() throws -> FunctionReference {
        let reference = try reference()
        switch reference.qualifier {
        case nil, .alias: return reference
        case .latest, .version:
            throw WireError.invalidParameter("A function URL is for a function or an alias, not for a version.")
        }
    }
}
