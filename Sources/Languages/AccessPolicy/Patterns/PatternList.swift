/// The patterns that many statements list, each kept once, behind what tells quickly which of them a text cannot match.
struct PatternList<Pattern: Hashable & Sendable>: Sendable {
    private(set) var patterns: [Pattern] = []
    /// In the order of the statements: which pattern, and what it asks for.
    private(set) var numbers: [Int32] = []
    private(set) var asked: [Trigrams] = []
    private var known: [Pattern: Int32] = [:]

    /// Appends what one statement lists; gives the places of its entries.
    mutating func append(_ list: [Pattern], _ trigrams: (Pattern) -> Trigrams) -> Range<Int32> {
        let start = Int32(numbers.count)
        for pattern in list {
            let number = known[pattern] ?? Int32(patterns.count)
            if Int(number) == patterns.count {
                patterns.append(pattern)
                known[pattern] = number
            }
            numbers.append(number)
            asked.append(trigrams(pattern))
        }
        return start..<Int32(numbers.count)
    }

    /// Whether an entry's pattern may match a text with these pieces.
    @inline(__always)
    func mayMatch(_ entry: Int32, _ trigrams: Trigrams) -> Bool { trigrams.mayMatch(asked[Int(entry)]) }

    /// Says that nothing more will be appended.
    mutating func close() { known = [:] }
}
