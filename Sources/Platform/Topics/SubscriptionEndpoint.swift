import Core
import Egress

/// What an endpoint must be so that messages can get there.
enum SubscriptionEndpoint {
    private static let lengthLimit = 2048

    /// Refuses an endpoint that is none for a way, or not one for the topic, in AWS's words.
    static func check(
        _ endpoint: String, for way: Subscription.Way, _ chat: ChatFormat?, of topic: NotificationTopic, region: Region,
        _ calls: HostCalls?
    ) throws(TopicError) {
        guard !topic.isFIFO || way == .sqs else {
            throw .badParameter(
                "Invalid parameter: Invalid parameter: Endpoint Reason: Please use a queue as the endpoint of a FIFO topic"
            )
        }
        guard endpoint.utf8.count <= lengthLimit else { throw .badParameter("Invalid parameter: Endpoint") }
        switch way {
        case .sqs:
            guard let queue = QueueAddress(arn: endpoint, region: region) else {
                throw .badParameter("Invalid parameter: SQS endpoint ARN")
            }
            guard topic.isFIFO || !queue.name.isFIFO else {
                throw .badParameter(
                    "Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to "
                        + "standard SNS topics")
            }
        case .lambda:
            // What names no function is no endpoint.
            guard let arn = try? ARN(endpoint), arn.service == "lambda", arn.region == region.text,
                (try? FunctionReference(endpoint)) != nil
            else { throw .badParameter("Invalid parameter: Lambda endpoint ARN") }
        case .https where chat != nil || endpoint.hasPrefix(ChatFormat.prefix):
            // Nobody is asked to confirm there, so it must be somebody's whom the account has the secret from.
            guard chat != nil, calls != nil,
                SecretReference(String(endpoint.dropFirst(ChatFormat.prefix.count))) != nil,
                endpoint.hasPrefix(ChatFormat.prefix)
            else {
                throw .badParameter(
                    "Invalid parameter: Endpoint Reason: A chat is secret:NAME with the attribute "
                        + "\(SubscriptionAttributes.format), where the secret is the URL of its incoming webhook")
            }
        case .http, .https:
            guard endpoint.hasPrefix("\(way.rawValue)://") else {
                throw .badParameter("Invalid parameter: Endpoint must match the specified protocol")
            }
            guard let address = WebAddress(endpoint) else {
                throw .badParameter("Invalid parameter: Endpoint Reason: It is not the URL of something on the web")
            }
            guard let calls else {
                throw .badParameter("Invalid parameter: Does not support this protocol string: \(way.rawValue)")
            }
            if let refusal = calls.refusal(of: address) {
                throw .badParameter("Invalid parameter: Endpoint Reason: \(refusal)")
            }
        case .email, .emailJSON:
            // What is wrong with it is not said by AWS either.
            guard (try? MailAddress(endpoint)) != nil else { throw .badParameter("Invalid parameter: Email address") }
            guard let calls, calls.mail != nil else {
                throw .badParameter(
                    "Invalid parameter: Does not support this protocol string: \(way.rawValue) Reason: "
                        + "The server has no mail relay")
            }
            if let refusal = calls.mailRefusal {
                throw .badParameter("Invalid parameter: Endpoint Reason: \(refusal)")
            }
        }
    }
}
