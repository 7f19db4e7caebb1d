/// Which errors a state is tried again after, when, and how often.
package struct Retrier: Hashable, Sendable {
    package var errors: [String]
    /// Before the first attempt more; 1 to 99,999,999.
    package var intervalSeconds = 1
    /// 0 to 99,999,999.
    package var maximumAttempts = 3
    /// What the interval grows by; at least 1.
    package var backoffRate = 2.0
    package var maximumDelaySeconds: Int?
    /// Whether the wait is a random part of the interval.
    package var hasJitter = false

    /// Takes the errors; everything else has the language's default.
    package init(errors: [String]) { self.errors = errors }

    /// How long to wait before an attempt, counted from 0, in seconds.
    ///
    /// `chance`, from 0 to 1, decides where there is jitter.
    package func delay(attempt: Int, chance: Double) -> Double {
        var delay = Double(intervalSeconds) * exponential(attempt)
        if let maximumDelaySeconds { delay = min(delay, Double(maximumDelaySeconds)) }
        // A year and more is as good as never, and keeps the clock in its range.
        delay = min(delay, 99_999_999)
        return hasJitter ? delay * chance : delay
    }

    private func exponential(_ attempt: Int) -> Double {
        var factor = 1.0
        for _ in 0..<min(attempt, 1_000) where factor < 1e9 { factor *= backoffRate }
        return factor
    }
}
