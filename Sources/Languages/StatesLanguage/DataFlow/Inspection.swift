import Core

/// What a state made of its data on the way, as `TestState` shows it.
package struct Inspection: Hashable, Sendable {
    package internal(set) var input: JSON?
    package internal(set) var afterInputPath: JSON?
    package internal(set) var afterParameters: JSON?
    package internal(set) var afterArguments: JSON?
    package internal(set) var afterItemsPath: JSON?
    package internal(set) var afterItemsPointer: JSON?
    package internal(set) var afterItemSelector: JSON?
    package internal(set) var afterItemBatcher: JSON?
    package internal(set) var result: JSON?
    package internal(set) var afterResultSelector: JSON?
    package internal(set) var afterResultPath: JSON?
    package internal(set) var variables: [String: JSON]?
    package internal(set) var maximumConcurrency: Int?
    package internal(set) var toleratedFailureCount: Int?
    package internal(set) var toleratedFailurePercentage: Double?
    package internal(set) var catchIndex: Int?
    package internal(set) var retryIndex: Int?
    package internal(set) var retryBackoffSeconds: Int?
    /// What went over the web, and what came back.
    package var request: JSON?
    package var response: JSON?

    init() {}
}
