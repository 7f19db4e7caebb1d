/// How messages go from a queue to a function: what the owner of an event source mapping may set.
///
/// Source of bounds and standard values: AWS Lambda API reference, "CreateEventSourceMapping"; developer guide, "Using
/// Lambda with Amazon SQS".
package struct EventSourceSettings: Hashable, Sendable, Codable {
    package static let batchSizes = 1...10_000
    package static let windows = 0...300
    package static let concurrencies = 2...1000

    /// Messages of one call at most.
    package var batchSize = 10
    /// Seconds for which a batch may be gathered; `nil` where nobody said anything, which is 0.
    package var window: Int?
    /// Patterns of which a message must match one; none lets all pass.
    package var filters: [String] = []
    /// Whether the function says which messages of a batch have failed.
    package var reportsFailures = false
    /// Calls at a time at most; as many as the function may have where it is `nil`.
    package var concurrency: Int?
    package var isEnabled = true
    /// Kept and given back: patterns are sealed with the mapping's own key in any case.
    package var keyARN: String?
    /// Kept and given back.
    package var metrics: [String]?

    /// The standard settings.
    package init() {}

    var windowSeconds: Int { window ?? 0 }

    /// Refuses what AWS refuses.
    package func check(isFIFO: Bool) throws(EventSourceError) {
        guard Self.batchSizes.contains(batchSize), Self.windows.contains(windowSeconds) else { throw .batchTooLarge }
        if isFIFO {
            guard windowSeconds == 0 else { throw .windowOnFIFO }
            guard batchSize <= 10 else { throw .batchTooLargeForFIFO }
        }
        guard batchSize <= 10 || windowSeconds > 0 else { throw .windowMissing }
        if let concurrency, !Self.concurrencies.contains(concurrency) { throw .badConcurrency }
        _ = try filter()
    }
}
