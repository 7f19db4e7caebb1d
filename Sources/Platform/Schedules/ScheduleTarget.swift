import Core

/// What a schedule calls, as whom, and with what.
package struct ScheduleTarget: Hashable, Sendable, Codable {
    package let arn: String
    package let role: RoleARN
    package let input: String?
    /// `nil` where nothing was said; the age is also how late a fire time that fell into a stop is still delivered.
    package let retry: DeliveryRetry?
    /// The queue for what could not be delivered.
    package let deadLetter: String?
    /// The group of the messages that a FIFO queue gets.
    package let messageGroup: String?
    /// What the event says of itself that an event bus gets.
    package let event: EventParameters?

    /// The kind of an event, and who speaks in it.
    package struct EventParameters: Hashable, Sendable, Codable {
        package let detailType: String
        package let source: String

        /// Takes both.
        package init(detailType: String, source: String) {
            self.detailType = detailType
            self.source = source
        }
    }

    /// Bytes of an input.
    package static let inputLimit = 262_144

    /// Takes a target of a kind that is served, and an input that its kind takes.
    package init(
        arn: String, role: RoleARN, input: String?, retry: DeliveryRetry?, deadLetter: String?,
        messageGroup: String? = nil, event: EventParameters? = nil
    ) throws(ScheduleError) {
        guard let parsed = try? ARN(arn) else { throw .malformedTarget }  // All that matters is that it is none.
        guard Self.isServed(parsed) else { throw .unservedTarget(arn) }
        guard (messageGroup != nil) == (parsed.service == "sqs" && arn.hasSuffix(".fifo")) else {
            throw .messageGroup(arn)
        }
        guard (event != nil) == (parsed.service == "events"), !NewEvent.isReserved(event?.source ?? "") else {
            throw .eventParameters(arn)
        }
        if let input {
            guard input.utf8.count <= Self.inputLimit else { throw .inputTooLarge(limit: Self.inputLimit) }
            // Functions, event buses and operations take nothing else.
            if ["lambda", "events", "scheduler"].contains(parsed.service) {
                do { _ = try JSON(parsing: input) } catch { throw .inputNotJSON(byte: error.offset) }
            }
        }
        self.arn = arn
        self.role = role
        self.input = input
        self.retry = retry
        self.deadLetter = deadLetter
        self.messageGroup = messageGroup
        self.event = event
    }

    /// Whether an event that names the schedule is nothing that the target could take: an event bus makes its own, and an
    /// operation has parameters.
    var hasOwnEvent: Bool { event != nil || ServedOperation(universalTarget: arn) != nil }

    private static func isServed(_ target: ARN) -> Bool {
        // Only whether it names one matters.
        switch target.service {
        case "lambda": (try? FunctionReference(target.description)) != nil
        case "sqs": (try? QueueName(target.resource)) != nil
        case "events":
            target.resource.hasPrefix("event-bus/") && (try? EventBusName(String(target.resource.dropFirst(10)))) != nil
        case "scheduler": ServedOperation(universalTarget: target.description).map { !$0.isRead } ?? false
        case "states": target.resource.hasPrefix("stateMachine:")
        case "sns": (try? TopicName(target.resource)).map { !$0.isFIFO } ?? false
        default: false
        }
    }
}
