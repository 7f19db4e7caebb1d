import Core

/// Which topic is meant: the account and the name; the region is the server's.
package struct TopicAddress: Hashable, Sendable {
    package let account: AccountID
    package let name: TopicName

    /// Takes account and name.
    package init(account: AccountID, name: TopicName) {
        self.account = account
        self.name = name
    }

    /// Takes the ARN of a topic of this region; `nil` for anything else.
    package init?(_ arn: ARN, region: Region) {
        // Whatever is no ARN of a topic is nobody's address.
        guard arn.partition == "aws", arn.service == "sns", arn.region == region.text,
            let account = try? AccountID(arn.account), let name = try? TopicName(arn.resource)
        else { return nil }
        self.init(account: account, name: name)
    }

    /// The topic's ARN.
    package func arn(in region: Region) -> ARN {
        ARN(service: "sns", region: region, account: account, resource: name.text)
    }
}

/// Which subscription is meant: its topic, and the id that it got.
package struct SubscriptionAddress: Hashable, Sendable {
    package let topic: TopicAddress
    package let id: SubscriptionID

    /// Takes both.
    package init(topic: TopicAddress, id: SubscriptionID) {
        self.topic = topic
        self.id = id
    }

    /// Takes the ARN of a subscription of this region; `nil` for anything else.
    package init?(_ arn: ARN, region: Region) {
        let parts = arn.resource.split(separator: ":", omittingEmptySubsequences: false)
        // Whatever is no ARN of a subscription is nobody's address.
        guard parts.count == 2, arn.partition == "aws", arn.service == "sns", arn.region == region.text,
            let account = try? AccountID(arn.account), let name = try? TopicName(String(parts[0])),
            let id = SubscriptionID(parts[1])
        else { return nil }
        self.init(topic: TopicAddress(account: account, name: name), id: id)
    }

    /// The subscription's ARN.
    package func arn(in region: Region) -> ARN {
        ARN(service: "sns", region: region, account: topic.account, resource: "\(topic.name):\(id)")
    }
}

/// The id of a subscription: a random UUID.
package struct SubscriptionID: Hashable, Sendable, CustomStringConvertible {
    private let id: RequestID

    /// Makes a new id.
    init() { id = RequestID() }

    /// Parses the text form; anything but a UUID is `nil`.
    package init?(_ text: some StringProtocol) {
        guard let id = RequestID(text) else { return nil }
        self.id = id
    }

    package var description: String { id.description }
}
