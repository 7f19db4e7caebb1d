import Core
import Platform

extension SQSOperations {
    var attributeOperations: [String: Handler] {
        ["GetQueueAttributes": getAttributes, "SetQueueAttributes": setAttributes]
    }

    @Sendable private func getAttributes(_ request: SQSRequest) async throws -> WireValue {
        let queue = try request.existing()
        let wanted = Set(request.input["AttributeNames"]?.strings ?? [])
        if let unknown = wanted.first(where: { !QueueAttributes.isKnown($0) }) {
            throw QueueError.unknownAttribute(unknown)
        }
        var attributes = QueueAttributes.texts(of: queue.settings, region: request.call.region)
        attributes += [
            ("QueueArn", queue.address.arn(in: request.call.region).description),
            ("CreatedTimestamp", String(queue.state.created.milliseconds / 1000)),
            ("LastModifiedTimestamp", String(queue.state.modified.milliseconds / 1000)),
        ]
        let all = wanted.contains("All")
        if all || wanted.contains(where: { $0.hasPrefix("Approximate") }) {
            let depth = try await queues.depth(of: queue)
            attributes += [
                ("ApproximateNumberOfMessages", String(depth.waiting)),
                ("ApproximateNumberOfMessagesNotVisible", String(depth.hidden)),
                ("ApproximateNumberOfMessagesDelayed", String(depth.delayed)),
            ]
        }
        let shown = attributes.filter { all || wanted.contains($0.name) }
        guard !shown.isEmpty else { return [:] }
        return ["Attributes": .structure(WireFields(shown.map { ($0.name, .string($0.value)) }))]
    }

    @Sendable private func setAttributes(_ request: SQSRequest) async throws -> WireValue {
        let address = try request.existing().address
        let values = (request.input["Attributes"]?.fields?.members ?? []).map {
            (name: $0.name, value: $0.value.string ?? "")
        }
        try await queues.set(values, of: address)
        return [:]
    }
}
