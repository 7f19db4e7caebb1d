import Core
import Storage

/// What can go wrong with a topic, a subscription or a publication.
package enum TopicError: Error, Equatable {
    case missing
    case subscriptionMissing
    /// A parameter is wrong; the text says which and why, in AWS's words.
    case badParameter(String)
    /// The value of a message attribute is wrong; the text says why, in AWS's words.
    case badValue(String)
    case exists(differingIn: String)
    case subscriptionExists
    case tooManyTopics(limit: Int)
    case tooManySubscriptions(limit: Int)
    case tooManyFilters(limit: Int)
    case tooManyTags(limit: Int)
    /// Only who is signed for may do this.
    case unsigned(String)
    /// What waits for the topic is as much as may.
    case full
    case contended
    case storageFailed(StoreFault)
}

extension TopicError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .storageFailed(let error): error.storeError
        default: nil
        }
    }
}
