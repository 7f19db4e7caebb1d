import Core
import Platform

extension LogsOperations {
    /// The same three operations twice: by ARN, and by name as older clients have it.
    var tagOperations: [String: Handler] {
        [
            "ListTagsForResource": listTags, "TagResource": tag, "UntagResource": untag, "ListTagsLogGroup": listTags,
            "TagLogGroup": tag, "UntagLogGroup": untag,
        ]
    }

    @Sendable private func listTags(_ request: Request) async throws -> WireValue {
        let tags = try await logs.group(request.group()).tags.sorted { $0.key < $1.key }
        return ["tags": .structure(WireFields(tags.map { ($0.key, .string($0.value)) }))]
    }

    @Sendable private func tag(_ request: Request) async throws -> WireValue {
        try await logs.addTags(request.tags(), to: request.group())
        return [:]
    }

    @Sendable private func untag(_ request: Request) async throws -> WireValue {
        let keys = (request.input["tagKeys"] ?? request.input["tags"])?.strings ?? []
        try await logs.removeTags(keys, from: request.group())
        return [:]
    }
}
