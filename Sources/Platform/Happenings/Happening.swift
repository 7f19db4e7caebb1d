import Core

/// Something that happened to the platform itself, as the default bus is told of it.
///
/// There are no payloads in it: who may read the bus need not be allowed to read what functions work on.
package struct Happening: Sendable {
    /// How many of one kind and subject are told; the others are counted.
    struct Pace: Hashable, Sendable {
        /// At once.
        let burst: Int
        /// How long it takes, in milliseconds, until there is room for one more.
        let interval: Int64

        /// For what comes one by one.
        static let single = Pace(burst: 20, interval: 1000)
        /// For what comes in floods: once, and then each minute how often.
        static let flood = Pace(burst: 1, interval: 60_000)
    }

    let source: String
    let type: String
    /// What it happened to: an ARN, or a name.
    let subject: String
    var resources: [String]
    var detail: JSONObject
    var descent: Descent
    var trace: TraceContext
    /// `nil` for what is told each time.
    var pace: Pace?
    /// Whether it is told that something did not work, which is not told of what such a report has caused.
    var isFailure: Bool

    init(
        source: String, type: String, subject: String, resources: [String] = [], detail: [(String, JSON)],
        descent: Descent = Descent(), trace: TraceContext = TraceContext(), pace: Pace? = .single,
        isFailure: Bool = false
    ) {
        self.source = source
        self.type = type
        self.subject = subject
        self.resources = resources
        self.detail = JSONObject(detail)
        self.descent = descent
        self.trace = trace
        self.pace = pace
        self.isFailure = isFailure
    }
}
