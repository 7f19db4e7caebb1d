import Core
import Gateway

/// What the server answers about topics and who subscribed to them.
struct TopicService {
    private static let version = "2010-03-31"

    let client: ServiceClient

    /// Who gets what is published to a topic.
    struct Subscriber {
        let topic: String
        let way: String
        let endpoint: String
        let isConfirmed: Bool
    }

    /// The ARN of a topic, which is made if there is none.
    func create(_ name: String) async throws -> String {
        let answer = try await send("CreateTopic", [("Name", name)])
        guard let arn = answer.text("CreateTopicResult", "TopicArn") else { throw ClientError.malformedAnswer }
        return arn
    }

    /// The ARN of a topic that is there.
    func find(_ name: String) async throws -> String {
        for arn in try await topics() where arn.hasSuffix(":\(name)") { return arn }
        throw ClientError.badInput("There is no channel \(name). See what there is with 'martlet channels'.")
    }

    /// The ARNs of all topics.
    func topics() async throws -> [String] {
        try await pages("ListTopics", "Topics").compactMap { $0.text("TopicArn") }
    }

    /// All subscribers of all topics.
    func subscribers() async throws -> [Subscriber] {
        try await pages("ListSubscriptions", "Subscriptions").map { member in
            Subscriber(
                topic: member.text("TopicArn") ?? "", way: member.text("Protocol") ?? "",
                endpoint: member.text("Endpoint") ?? "",
                isConfirmed: member.text("SubscriptionArn") != "PendingConfirmation")
        }
    }

    /// Subscribes an endpoint.
    func subscribe(_ endpoint: String, by way: String, format: String?, to topic: String) async throws {
        var members = [("TopicArn", topic), ("Protocol", way), ("Endpoint", endpoint)]
        if let format {
            members += [("Attributes.entry.1.key", "martlet:format"), ("Attributes.entry.1.value", format)]
        }
        _ = try await send("Subscribe", members)
    }

    /// Publishes a message.
    func publish(_ message: String, subject: String, to topic: String) async throws {
        _ = try await send("Publish", [("TopicArn", topic), ("Subject", subject), ("Message", message)])
    }

    /// Deletes a topic, and with it who subscribed.
    func delete(_ topic: String) async throws { _ = try await send("DeleteTopic", [("TopicArn", topic)]) }

    private func pages(_ operation: String, _ list: String) async throws -> [QueryAnswer] {
        var members: [QueryAnswer] = []
        var token: String?
        repeat {
            let answer = try await send(operation, token.map { [("NextToken", $0)] } ?? [])
            members += answer.elements("\(operation)Result", list, "member")
            token = answer.text("\(operation)Result", "NextToken")
        } while token?.isEmpty == false
        return members
    }

    private func send(_ operation: String, _ members: [(String, String)]) async throws -> QueryAnswer {
        let form = ([("Action", operation), ("Version", Self.version)] + members)
            .map { "\(RequestSigner.escaped($0))=\(RequestSigner.escaped($1))" }.joined(separator: "&")
        let answer = try await client.send(
            ServiceClient.Request(
                service: "sns", target: "/", headers: [("Content-Type", "application/x-www-form-urlencoded")],
                body: Array(form.utf8)))
        guard let read = QueryAnswer(answer.body) else { throw ClientError.malformedAnswer }
        return read
    }
}

extension ServerAccess.Options {
    /// The server's topics.
    func topics() async throws -> TopicService { TopicService(client: ServiceClient(access: try await access())) }
}
