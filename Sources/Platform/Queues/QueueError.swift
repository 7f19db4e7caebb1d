import Core
import Storage

/// Why something with a queue or a message could not be done.
package enum QueueError: Error, Equatable {
    case missing
    /// A queue of this name has another value for an attribute.
    case exists(attribute: String)
    case deletedRecently
    case purgedRecently(QueueName)
    case unknownAttribute(String)
    /// The value of an attribute cannot be taken; the reason is for whoever wrote it.
    case badAttribute(String, reason: String)
    /// A value of a parameter cannot be taken; the reason is AWS's own sentence.
    case badValue(String, parameter: String, reason: String)
    /// The request as a whole cannot be taken.
    case badRequest(String)
    case parameterMissing(String)
    /// An attribute of a message has no value of its type.
    case attributeEmpty(String, type: String)
    case badCharacters
    /// The text is none of this queue's receipt handles.
    case badReceipt
    /// The message was received again since, or given back.
    case receiptExpired(String)
    case notInFlight
    case full
    /// As many messages are in hand as may be.
    case crowded
    /// The queue to move messages from or to is not there.
    case noSuchSource
    case noSuchMove
    case moveRunning
    case moveNotRunning
    case tooManyTags(limit: Int)
    /// Others changed the queue again and again at the same time.
    case contended
    /// A message cannot be read, or what lies in the store is no message.
    case damaged
    case storageFailed(StoreFault)
}

extension QueueError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .storageFailed(let error): error.storeError
        default: nil
        }
    }
}
