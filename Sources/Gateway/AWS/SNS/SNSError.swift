import Core
import Platform

/// Refusals of SNS in AWS's codes and words.
enum SNSError {
    /// What the caller is told; what is the server's own fault stays as it is, for the server's log.
    static func wire(_ error: TopicError) -> any Error { refusal(error) ?? error }

    /// What the caller is told of what is its own fault.
    static func refusal(_ error: TopicError) -> WireError? {
        switch error {
        case .missing: WireError("NotFound", "Topic does not exist", status: 404)
        case .subscriptionMissing: WireError("NotFound", "Subscription does not exist", status: 404)
        case .badParameter(let sentence): invalid(sentence)
        case .badValue(let sentence): WireError("ParameterValueInvalid", sentence, status: 400)
        case .exists(let member):
            invalid("Invalid parameter: \(member) Reason: Topic already exists with different \(member.lowercased())")
        case .subscriptionExists:
            invalid("Invalid parameter: Attributes Reason: Subscription already exists with different attributes")
        case .tooManyTopics(let limit):
            WireError("TopicLimitExceeded", "The account has \(limit) topics, which is all it may have.", status: 403)
        case .tooManySubscriptions(let limit):
            WireError(
                "SubscriptionLimitExceeded", "The topic has \(limit) subscriptions, which is all it may have.",
                status: 403)
        case .tooManyFilters(let limit):
            WireError(
                "FilterPolicyLimitExceeded", "The topic has \(limit) filter policies, which is all it may have.",
                status: 403)
        case .tooManyTags(let limit):
            WireError(
                "TagLimitExceeded", "Could not complete request: tag quota of \(limit) per resource exceeded",
                status: 400)
        case .unsigned(let sentence): WireError("AuthorizationError", sentence, status: 403)
        case .full: WireError("Throttled", "As much waits for the topic as may. Please try again later.", status: 429)
        case .contended:
            WireError(
                "ConcurrentAccess", "The topic is being changed by others at the same time. Please try again.",
                status: 400)
        case .storageFailed: nil
        }
    }

    /// A parameter is wrong.
    static func invalid(_ sentence: String) -> WireError { WireError("InvalidParameter", sentence, status: 400) }
}
