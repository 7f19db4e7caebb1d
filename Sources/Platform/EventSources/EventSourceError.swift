import Core
import EventPattern
import Storage

/// Why something with an event source mapping could not be done.
package enum EventSourceError: Error {
    case missing
    /// Another mapping leads from the same queue to the same function.
    case exists(EventSourceID, queue: String, function: String)
    /// It is being changed or deleted just now.
    case inUse
    case functionMissing(arn: String)
    /// What is named is no queue of this server.
    case unknownSource(String)
    case queueMissing
    /// The function's role cannot be assumed for the function.
    case roleNotAssumable
    /// The function's role may not do this with the queue.
    case notAllowed(operation: String)
    case visibilityTooShort(visibility: Int, timeout: Int)
    case batchTooLarge
    case windowMissing
    case windowOnFIFO
    case batchTooLargeForFIFO
    case badConcurrency
    case badFilter(EventSourceFilterFlaw)
    case badTag(String)
    case tooManyTags(limit: Int)
    case tooMany(limit: Int)
    case storageFailed(StoreFault)
}

extension EventSourceError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .storageFailed(let error): error.storeError
        default: nil
        }
    }
}
