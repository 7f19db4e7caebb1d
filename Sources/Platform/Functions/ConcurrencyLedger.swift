import Core

/// How many simultaneous calls each function of an account has reserved, so that enough stay for the others.
package struct ConcurrencyLedger: Hashable, Sendable, Codable {
    package private(set) var reserved: [String: Int] = [:]

    /// Nothing reserved.
    package init() {}

    /// The sum of all reservations.
    package var total: Int { reserved.values.reduce(0, +) }

    /// Reserves for a function, or gives back what it had.
    package mutating func reserve(
        _ limit: Int?, for name: FunctionName, within limits: AccountLimits
    ) throws(FunctionError) {
        guard let limit else {
            reserved[name.text] = nil
            return
        }
        let others = total - (reserved[name.text] ?? 0)
        guard limit >= 0, limit <= limits.concurrency - limits.unreservedMinimum - others else {
            throw .unreservedTooLow(minimum: limits.unreservedMinimum)
        }
        reserved[name.text] = limit
    }
}

/// What an account may use.
package struct AccountLimits: Hashable, Sendable {
    package var concurrency = 1000
    package var unreservedMinimum = 100
    package var codeStorage = 75 << 30

    /// AWS's own defaults.
    package init() {}

    /// Sets some of them.
    package init(concurrency: Int, unreservedMinimum: Int = 100, codeStorage: Int = 75 << 30) {
        self.concurrency = concurrency
        self.unreservedMinimum = unreservedMinimum
        self.codeStorage = codeStorage
    }
}
