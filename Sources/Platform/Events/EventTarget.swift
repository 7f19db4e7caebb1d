import Core

/// Where the events of a rule go, and what of them.
package struct EventTarget: Hashable, Sendable, Codable {
    package let id: String
    package let arn: String
    package var role: RoleARN?
    package var input = TargetInput.event
    /// `nil` where nothing was said.
    package var retry: DeliveryRetry?
    /// The queue for what could not be delivered.
    package var deadLetter: String?
    /// The group of the messages that a FIFO queue gets.
    package var messageGroup: String?
    /// What was said for kinds of targets, by the name of the member, as JSON; kept and given back.
    package var parameters: [String: String] = [:]

    /// A target that gets whole events.
    package init(id: String, arn: String) {
        self.id = id
        self.arn = arn
    }
}

/// What a target gets of an event.
package enum TargetInput: Hashable, Sendable, Codable {
    case event
    /// Always this JSON.
    case constant(String)
    /// A part of the event.
    case path(EventPath)
    case transformed(InputTransformer)
}
