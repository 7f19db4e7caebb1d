/// What a test of a state assumes to have happened before.
package struct StateTestConfiguration: Hashable, Sendable {
    /// How often the retrier that takes an error has tried again already.
    package var retrierRetryCount = 0
    /// The state inside of a map or branch that the mocked error comes from.
    package var errorCausedByState: String?
    /// How many items of a map have failed.
    package var mapIterationFailureCount: Int?
    /// What the reader of a distributed map has read.
    package var mapItemReaderData: String?

    /// Assumes nothing.
    package init() {}
}
