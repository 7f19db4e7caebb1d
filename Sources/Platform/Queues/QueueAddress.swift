import Core

/// Which queue is meant: the account and the name; the region is the server's.
package struct QueueAddress: Hashable, Sendable {
    package let account: AccountID
    package let name: QueueName

    /// Takes account and name.
    package init(account: AccountID, name: QueueName) {
        self.account = account
        self.name = name
    }

    /// Reads the ARN of a queue of this region; `nil` for anything else.
    package init?(arn text: String, region: Region) {
        // Whatever is no ARN of a queue is nobody's address.
        guard let arn = try? ARN(text), arn.service == "sqs", arn.region == region.text,
            let account = try? AccountID(arn.account), let name = try? QueueName(arn.resource)
        else { return nil }
        self.init(account: account, name: name)
    }

    /// The queue's ARN.
    package func arn(in region: Region) -> ARN {
        ARN(service: "sqs", region: region, account: account, resource: name.text)
    }
}

extension QueueAddress: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        let parts = text.split(separator: "/")
        guard parts.count == 2 else { throw NameError.malformed(expected: "account/name") }
        self.init(account: try AccountID(String(parts[0])), name: try QueueName(String(parts[1])))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("\(account)/\(name)")
    }
}
