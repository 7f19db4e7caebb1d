/// How large and how intricate a pattern may be.
package struct PatternLimits: Hashable, Sendable {
    /// Bytes of text.
    package var bytes: Int
    /// Levels of objects and arrays.
    package var depth: Int
    /// Alternatives that `$or` multiplies to.
    package var combinations: Int
    /// How many beginnings of wildcards one value may match at a time.
    package var wildcardComplexity: Int

    /// Takes all four.
    package init(bytes: Int, depth: Int, combinations: Int, wildcardComplexity: Int) {
        (self.bytes, self.depth, self.combinations) = (bytes, depth, combinations)
        self.wildcardComplexity = wildcardComplexity
    }

    /// Those of EventBridge rules, event source mappings and pipes.
    ///
    /// 4,096 characters and 1,000 combinations are quotas; a complexity above 10 was seen to be refused.
    package static let events = PatternLimits(bytes: 4096, depth: 100, combinations: 1000, wildcardComplexity: 10)
}
