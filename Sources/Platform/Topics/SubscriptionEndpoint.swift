import Core

/// What an endpoint must be so that messages can get there.
enum SubscriptionEndpoint {
    private static let lengthLimit = 2048

    /// Refuses an endpoint that is none for a way, or not one for the topic, in AWS's words.
    static func check(
        _ endpoint: String, for way: Subscription.Way, of topic: NotificationTopic, region: Region
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
        case .http, .https:
            guard endpoint.hasPrefix("\(way.rawValue)://") else {
                throw .badParameter("Invalid parameter: Endpoint must match the specified protocol")
            }
            throw .badParameter("Invalid parameter: Does not support this protocol string: \(way.rawValue)")
        case .email, .emailJSON:
            throw .badParameter("Invalid parameter: Does not support this protocol string: \(way.rawValue)")
        }
    }
}
