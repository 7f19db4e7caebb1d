/// Why the store did not do what it was asked; nothing of a refused batch was applied, except as said.
package enum StoreError: Error, Equatable, Sendable {
    /// A record was not as expected, or a log's next sequence was another.
    case conflict(operation: Int)
    /// The item was claimed by someone else since, or is gone.
    case leaseLost(operation: Int)
    /// The queue holds as many items as it may.
    case queueFull(operation: Int)
    /// A batch with this id was applied before.
    case alreadyApplied
    /// A value, a name or the batch is over its limit.
    case tooLarge
    /// Too much waits to be written; try again later.
    case busy
    /// The disk is full. Reads go on.
    case full
    /// The store failed while it committed: the batch may or may not be there after the restart.
    case outcomeUnknown
    /// The store has failed or was closed.
    case unavailable
}

extension StoreError: CustomStringConvertible {
    /// The case; of a full disk, what to do about it.
    package var description: String {
        switch self {
        case .conflict(let operation): "conflict(operation: \(operation))"
        case .leaseLost(let operation): "leaseLost(operation: \(operation))"
        case .queueFull(let operation): "queueFull(operation: \(operation))"
        case .alreadyApplied: "alreadyApplied"
        case .tooLarge: "tooLarge"
        case .busy: "busy"
        case .full: "the disk of the data folder is full; work goes on by itself when there is room"
        case .outcomeUnknown: "outcomeUnknown"
        case .unavailable: "unavailable"
        }
    }
}
