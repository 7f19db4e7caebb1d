import Synchronization

/// The models' expressions, each compiled when it is first needed; there are only as many as the models have.
enum PatternCache {
    private static let patterns = Mutex<[String: Pattern?]>([:])

    /// The compiled expression; `nil` where it uses what is not supported.
    static func pattern(_ text: String) -> Pattern? {
        patterns.withLock { patterns in
            if let pattern = patterns[text] { return pattern }
            let pattern = Pattern(text)
            patterns[text] = pattern
            return pattern
        }
    }
}
