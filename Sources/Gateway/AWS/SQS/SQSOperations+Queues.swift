import Core
import Platform

extension SQSOperations {
    var queueOperations: [String: Handler] {
        [
            "CreateQueue": createQueue, "GetQueueUrl": getQueueURL, "ListQueues": listQueues,
            "DeleteQueue": deleteQueue, "PurgeQueue": purgeQueue,
            "ListDeadLetterSourceQueues": listSources, "TagQueue": tagQueue, "UntagQueue": untagQueue,
            "ListQueueTags": listTags,
        ]
    }

    private static let pageLimit = 1000

    @Sendable private func createQueue(_ request: SQSRequest) async throws -> WireValue {
        let address = try request.named()
        var attributes: [(name: String, value: String)] = []
        for (name, value) in request.input["Attributes"]?.fields?.members ?? [] {
            let text = value.string ?? ""
            if name == "FifoQueue" { try checkFIFO(text, address.name) } else { attributes.append((name, text)) }
        }
        if address.name.isFIFO, request.input["Attributes"]?["FifoQueue"] == nil {
            throw QueueError.badRequest(
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
        }
        _ = try await queues.create(address, attributes: attributes, tags: tags(request.input["tags"]))
        return ["QueueUrl": .string(request.url(of: address))]
    }

    private func checkFIFO(_ text: String, _ name: QueueName) throws(QueueError) {
        guard text.lowercased() == "true" else { throw .unknownAttribute("FifoQueue") }
        guard name.isFIFO else {
            throw .badRequest(
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
                    + "with .fifo suffix and be 1 to 80 in length.")
        }
    }

    @Sendable private func getQueueURL(_ request: SQSRequest) async throws -> WireValue {
        ["QueueUrl": .string(request.url(of: try request.existing().address))]
    }

    @Sendable private func listQueues(_ request: SQSRequest) async throws -> WireValue {
        let limit = try limit(request)
        let page = try await queues.names(
            in: request.call.account, prefix: request.input["QueueNamePrefix"]?.string ?? "",
            after: try position(request), limit: limit ?? Self.pageLimit)
        let urls = page.names.map { request.url(of: QueueAddress(account: request.call.account, name: $0)) }
        return [
            "QueueUrls": urls.isEmpty ? .null : WireValue(urls),
            "NextToken": limit == nil ? .null : WireValue(page.next.map { Marker.text($0.text) }),
        ]
    }

    @Sendable private func listSources(_ request: SQSRequest) async throws -> WireValue {
        let address = try request.existing().address
        let limit = try limit(request)
        let after = try position(request)
        let names = try await queues.sources(of: address).filter { name in after.map { $0 < name } ?? true }
        let page = names.prefix(limit ?? Self.pageLimit)
        let next = limit == nil || page.count == names.count ? nil : page.last
        return [
            "queueUrls": WireValue(page.map { request.url(of: QueueAddress(account: address.account, name: $0)) }),
            "NextToken": WireValue(next.map { Marker.text($0.text) }),
        ]
    }

    private func limit(_ request: SQSRequest) throws(QueueError) -> Int? {
        guard let limit = request.input["MaxResults"]?.int else { return nil }
        guard (1...Self.pageLimit).contains(limit) else {
            throw .badValue(
                String(limit), parameter: "MaxResults", reason: "MaxResults must be an integer between 1 and 1000.")
        }
        return limit
    }

    private func position(_ request: SQSRequest) throws(QueueError) -> QueueName? {
        guard let token = request.input["NextToken"]?.string, !token.isEmpty else { return nil }
        // A token that nobody gave out says nothing about where to go on.
        guard let text = try? Marker.last(token), let name = try? QueueName(text) else {
            throw .badRequest("Invalid or expired next token.")
        }
        return name
    }

    @Sendable private func deleteQueue(_ request: SQSRequest) async throws -> WireValue {
        try await queues.delete(request.existing().address)
        return [:]
    }

    @Sendable private func purgeQueue(_ request: SQSRequest) async throws -> WireValue {
        try await queues.purge(request.existing().address)
        return [:]
    }

    @Sendable private func tagQueue(_ request: SQSRequest) async throws -> WireValue {
        let tags = tags(request.input["Tags"])
        try await queues.change(request.existing().address) { (state, _) throws(QueueError) in try state.tag(tags) }
        return [:]
    }

    @Sendable private func untagQueue(_ request: SQSRequest) async throws -> WireValue {
        let keys = request.input["TagKeys"]?.strings ?? []
        try await queues.change(request.existing().address) { (state, _) throws(QueueError) in state.untag(keys) }
        return [:]
    }

    @Sendable private func listTags(_ request: SQSRequest) async throws -> WireValue {
        let tags = try request.existing().state.tags.sorted { $0.key < $1.key }
        guard !tags.isEmpty else { return [:] }
        return ["Tags": .structure(WireFields(tags.map { ($0.key, .string($0.value)) }))]
    }

    private func tags(_ value: WireValue?) -> [String: String] {
        var tags: [String: String] = [:]
        for (key, value) in value?.fields?.members ?? [] { tags[key] = value.string ?? "" }
        return tags
    }
}
