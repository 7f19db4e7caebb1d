/// How many items of a map may be dealt with at a time, and how many of them may fail.
package struct MapTolerance: Hashable, Sendable {
    /// 0 is as many as there may be.
    package let maximumConcurrency: Int
    package let failures: Int?
    package let percentage: Double?

    /// Takes the three.
    package init(maximumConcurrency: Int, failures: Int?, percentage: Double?) {
        self.maximumConcurrency = maximumConcurrency
        self.failures = failures
        self.percentage = percentage
    }

    /// Whether so many failures of so many items are too many.
    package func isExceeded(failures count: Int, of items: Int) -> Bool {
        guard count > 0 else { return false }
        let byCount = failures.map { count > $0 }
        let byPercentage = percentage.map { Double(count) * 100 > $0 * Double(items) }
        // Either limit that is set ends the map; without any, one failure does.
        return byCount == nil && byPercentage == nil ? true : byCount == true || byPercentage == true
    }
}
