import Core
import Platform

extension SNSOperations {
    var topicOperations: [String: Handler] {
        [
            "CreateTopic": createTopic, "DeleteTopic": deleteTopic, "ListTopics": listTopics,
            "GetTopicAttributes": getTopicAttributes, "SetTopicAttributes": setTopicAttributes,
            "ListTagsForResource": listTags, "TagResource": tag, "UntagResource": untag,
        ]
    }

    private static let pageSize = 100

    @Sendable private func createTopic(_ request: SNSRequest) async throws -> WireValue {
        guard let arn = request.arn, let address = TopicAddress(arn, region: request.call.region) else {
            throw TopicError.badParameter("Invalid parameter: Topic Name")
        }
        var attributes: [(name: String, value: String)] = []
        var isFIFO = false
        for (name, value) in request.pairs("Attributes") {
            if name == "FifoTopic" { isFIFO = value.lowercased() == "true" } else { attributes.append((name, value)) }
        }
        guard isFIFO == address.name.isFIFO else {
            throw TopicError.badParameter(
                isFIFO
                    ? "Invalid parameter: Fifo Topic names must end with .fifo and must be made up of only uppercase and "
                        + "lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 "
                        + "characters long."
                    : "Invalid parameter: Topic Name")
        }
        try await topics.create(address, attributes: attributes, tags: request.tags())
        return ["TopicArn": .string(arn.description)]
    }

    @Sendable private func deleteTopic(_ request: SNSRequest) async throws -> WireValue {
        guard let arn = request.arn, let address = TopicAddress(arn, region: request.call.region) else {
            throw TopicError.badParameter("Invalid parameter: TopicArn")
        }
        try await topics.delete(address)
        return [:]
    }

    @Sendable private func listTopics(_ request: SNSRequest) async throws -> WireValue {
        let last = try SNSPage.last(request)
        // A token that nobody gave out says nothing about where to go on.
        let after = last.flatMap { try? TopicName($0) }
        guard (last == nil) == (after == nil) else { throw SNSPage.wrongToken }
        let page = try await topics.names(after: after, limit: Self.pageSize)
        let arns = page.names.map {
            TopicAddress(account: request.call.account, name: $0).arn(in: request.call.region).description
        }
        return [
            "Topics": .list(arns.map { ["TopicArn": .string($0)] }),
            "NextToken": WireValue(page.next.map { Marker.text($0.text) }),
        ]
    }

    @Sendable private func getTopicAttributes(_ request: SNSRequest) async throws -> WireValue {
        let topic = try request.existing()
        let arn = topic.address.arn(in: request.call.region)
        let confirmed = topic.subscriptions.values.count { $0.isConfirmed }
        let attributes: [(name: String, value: String)] =
            [
                ("TopicArn", arn.description), ("Owner", topic.address.account.text),
                ("SubscriptionsConfirmed", String(confirmed)),
                ("SubscriptionsPending", String(topic.subscriptions.count - confirmed)),
                ("SubscriptionsDeleted", String(topic.state.deleted)),
            ] + TopicAttributes.texts(of: topic.settings, on: arn)
        return ["Attributes": .structure(WireFields(attributes.map { ($0.name, .string($0.value)) }))]
    }

    @Sendable private func setTopicAttributes(_ request: SNSRequest) async throws -> WireValue {
        let (name, value) = (request.text("AttributeName"), request.text("AttributeValue"))
        try await topics.change(request.existing().address) { (state) throws(TopicError) in
            try TopicAttributes.set([(name, value)], of: &state.settings)
        }
        return [:]
    }

    @Sendable private func listTags(_ request: SNSRequest) async throws -> WireValue {
        let tags = try tagged(request).state.tags.sorted { $0.key < $1.key }
        return ["Tags": .list(tags.map { ["Key": .string($0.key), "Value": .string($0.value)] })]
    }

    @Sendable private func tag(_ request: SNSRequest) async throws -> WireValue {
        let tags = try request.tags()
        try await topics.change(tagged(request).address) { (state) throws(TopicError) in try state.tag(tags) }
        return [:]
    }

    @Sendable private func untag(_ request: SNSRequest) async throws -> WireValue {
        let keys = request.input["TagKeys"]?.strings ?? []
        try await topics.change(tagged(request).address) { (state) throws(TopicError) in state.untag(keys) }
        return [:]
    }

    private func tagged(_ request: SNSRequest) throws -> NotificationTopic {
        guard let topic = request.topic else {
            throw WireError("ResourceNotFound", "Resource does not exist", status: 404)
        }
        return topic
    }
}

/// Where lists go on.
enum SNSPage {
    static let wrongToken = TopicError.badParameter("Invalid parameter: NextToken")

    /// What was shown last; `nil` at the beginning.
    static func last(_ request: SNSRequest) throws(TopicError) -> String? {
        // Anything but a marker is refused with one sentence.
        do { return try Marker.last(request.input["NextToken"]?.string) } catch { throw wrongToken }
    }
}
