import Core

/// Executions that are kept in memory because something happened to them lately.
///
/// Many small ones, and few that may hold much: all together stay bounded in bytes as well.
struct LiveExecutions: Sendable {
    private static let smallLimit = 128
    private static let largeLimit = 16
    private static let largeBytes = 1 << 20
    private var small = BoundedCache<ExecutionID, LiveExecution>(limit: smallLimit)
    private var large = BoundedCache<ExecutionID, LiveExecution>(limit: largeLimit)

    /// The execution, if it is not forgotten.
    subscript(_ id: ExecutionID) -> LiveExecution? {
        mutating get { small[id] ?? large[id] }
        set {
            let isLarge = newValue.map { $0.toldBytes > Self.largeBytes } ?? false
            small[id] = isLarge ? nil : newValue
            large[id] = isLarge ? newValue : nil
        }
    }
}
