/// The topics that are told, in words for people, how something ended; named in one line where that something is set up.
package struct ResultChannels: Hashable, Sendable {
    /// The tags of a function that name one for both ends, and for either; their values are names of topics.
    package static let tag = "martlet:channel"
    package static let successTag = "martlet:channel-on-success"
    package static let failureTag = "martlet:channel-on-failure"
    private static let tags = [tag, successTag, failureTag]

    package var onSuccess: TopicName?
    package var onFailure: TopicName?

    /// Names both.
    package init(onSuccess: TopicName? = nil, onFailure: TopicName? = nil) {
        self.onSuccess = onSuccess
        self.onFailure = onFailure
    }

    /// The channels that a function's tags name, which were checked when they were set.
    package init(tags: [String: String]) {
        func topic(_ key: String) -> TopicName? { tags[key].flatMap { try? Self.topic($0) } }
        self.init(
            onSuccess: topic(Self.successTag) ?? topic(Self.tag), onFailure: topic(Self.failureTag) ?? topic(Self.tag))
    }

    /// The topic that a text names; a FIFO topic is no channel, because who is told of results has no groups.
    package static func topic(_ text: String) throws(NameError) -> TopicName {
        let name = try TopicName(text)
        guard !name.isFIFO else { throw .malformed(expected: "the name of a standard topic") }
        return name
    }

    /// Whether a tag names a channel.
    package static func isTag(_ key: String) -> Bool { tags.contains(key) }

    /// Whether nobody is told of anything.
    package var isEmpty: Bool { onSuccess == nil && onFailure == nil }
}

extension ResultChannels: Codable {
    private enum CodingKeys: String, CodingKey { case onSuccess, onFailure }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        onSuccess = try values.decodeIfPresent(String.self, forKey: .onSuccess).map { try TopicName($0) }
        onFailure = try values.decodeIfPresent(String.self, forKey: .onFailure).map { try TopicName($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encodeIfPresent(onSuccess?.text, forKey: .onSuccess)
        try values.encodeIfPresent(onFailure?.text, forKey: .onFailure)
    }
}
