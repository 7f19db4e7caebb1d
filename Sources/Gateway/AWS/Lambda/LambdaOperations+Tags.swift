import Core
import Platform

extension LambdaOperations {
    var tagOperations: [String: Handler] {
        ["ListTags": listTags, "TagResource": tag, "UntagResource": untag]
    }

    @Sendable private func listTags(_ request: Request) async throws -> WireValue {
        let settings = try await functions.settings(of: request.taggedFunction(), in: request.account)
        return ["Tags": .tags(settings.tags)]
    }

    @Sendable private func tag(_ request: Request) async throws -> WireValue {
        try await functions.tag(
            request.taggedFunction(), with: request.input.texts("Tags") ?? [:], in: request.account)
        return [:]
    }

    @Sendable private func untag(_ request: Request) async throws -> WireValue {
        try await functions.untag(
            request.taggedFunction(), request.input["TagKeys"]?.strings ?? [], in: request.account)
        return [:]
    }
}

extension LambdaOperations.Request {
    /// The function whose tags are meant; only functions have tags here.
    fileprivate func taggedFunction() throws -> FunctionName {
        let text = input["Resource"]?.string ?? ""
        guard let arn = try? ARN(text), arn.service == "lambda", arn.resource.hasPrefix("function:"),
            let reference = try? FunctionReference(text)
        else {
            throw WireError("ResourceNotFoundException", "The resource you requested does not exist.", status: 404)
        }
        guard arn.region == call.region.text else {
            throw WireError.unreachable(region: arn.region, from: call.region)
        }
        guard reference.qualifier == nil else {
            throw WireError.invalidParameter("Tags on function aliases and versions are not supported.")
        }
        return reference.name
    }
}
