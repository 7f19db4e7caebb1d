import Core
import Platform

extension LambdaOperations {
    var tagOperations: [String: Handler] {
        ["ListTags": listTags, "TagResource": tag, "UntagResource": untag]
    }

    @Sendable private func listTags(_ request: Request) async throws -> WireValue {
        if let source = request.taggedSource {
            return ["Tags": .tags(try await sources.describe(source).source.tags)]
        }
        let settings = try await functions.settings(of: request.taggedFunction(), in: request.account)
        return ["Tags": .tags(settings.tags)]
    }

    @Sendable private func tag(_ request: Request) async throws -> WireValue {
        let tags = request.input.texts("Tags") ?? [:]
        if let source = request.taggedSource {
            try await sources.changeTags(source) { source throws(EventSourceError) in try source.tag(tags) }
            return [:]
        }
        try await functions.tag(
            request.taggedFunction(), with: tags, in: request.account)
        return [:]
    }

    @Sendable private func untag(_ request: Request) async throws -> WireValue {
        let keys = request.input["TagKeys"]?.strings ?? []
        if let source = request.taggedSource {
            try await sources.changeTags(source) { $0.untag(keys) }
            return [:]
        }
        try await functions.untag(
            request.taggedFunction(), keys, in: request.account)
        return [:]
    }
}

extension LambdaOperations.Request {
    /// The event source mapping whose tags are meant, if it is one of this account and region.
    fileprivate var taggedSource: EventSourceID? {
        let prefix = "event-source-mapping:"
        // Whatever is no ARN is none of a mapping.
        guard let text = input["Resource"]?.string, let arn = try? ARN(text), arn.service == "lambda",
            arn.region == call.region.text, arn.account == call.account.text, arn.resource.hasPrefix(prefix)
        else { return nil }
        return EventSourceID(String(arn.resource.dropFirst(prefix.count)))
    }

    /// The function whose tags are meant.
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
