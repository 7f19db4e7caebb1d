import Core

/// One event of an execution's history, as the service's API has it.
package struct HistoryEvent: Hashable, Sendable {
    /// Counted from 1.
    package let id: Int
    /// The event that this one follows; 0 where it is the first.
    package let previousID: Int
    package let time: Instant
    /// Such as `PassStateEntered`.
    package let type: String
    /// The name of the member that holds the details, such as `stateEnteredEventDetails`.
    package let detailsName: String?
    package let details: JSONObject

    /// Takes an event that was kept before.
    package init(
        id: Int, previousID: Int, time: Instant, type: String, detailsName: String?, details: JSONObject
    ) {
        self.id = id
        self.previousID = previousID
        self.time = time
        self.type = type
        self.detailsName = detailsName
        self.details = details
    }
}
