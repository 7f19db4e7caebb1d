/// The patterns that many statements list, and their lists, each kept once, behind what tells quickly which of them a
/// text cannot match.
struct PatternList<Pattern: Hashable & Sendable>: Sendable {
    /// What one statement lists, and whether it is what is not meant.
    struct Listed: Sendable {
        /// Where its patterns' entries lie.
        let entries: Range<Int32>
        let isExcepted: Bool
        let effect: Effect
        /// What every text has that one of the patterns may match.
        let asked: Trigrams
    }

    private struct Key: Hashable {
        let patterns: [Int32]
        let isExcepted: Bool
        let effect: Effect
    }

    private(set) var patterns: [Pattern] = []
    private(set) var lists: [Listed] = []
    /// In the order of the lists: which pattern, and what it asks for.
    private(set) var numbers: [Int32] = []
    private(set) var asked: [Trigrams] = []
    private var known: [Pattern: Int32] = [:]
    private var knownLists: [Key: Int32] = [:]

    /// Takes what one statement lists; gives the number of the list.
    mutating func append(
        _ list: [Pattern], isExcepted: Bool, effect: Effect, _ trigrams: (Pattern) -> Trigrams
    ) -> Int32 {
        let key = Key(patterns: list.map { number(of: $0) }, isExcepted: isExcepted, effect: effect)
        if let place = knownLists[key] { return place }
        let start = numbers.count
        numbers += key.patterns
        asked += list.map(trigrams)
        lists.append(
            Listed(
                entries: Int32(start)..<Int32(numbers.count), isExcepted: isExcepted, effect: effect,
                asked: Trigrams(common: asked[start...])))
        let place = Int32(lists.count - 1)
        knownLists[key] = place
        return place
    }

    private mutating func number(of pattern: Pattern) -> Int32 {
        if let number = known[pattern] { return number }
        patterns.append(pattern)
        let number = Int32(patterns.count - 1)
        known[pattern] = number
        return number
    }

    /// Whether an entry's pattern may match a text with these pieces.
    @inline(__always)
    func mayMatch(_ entry: Int32, _ trigrams: Trigrams) -> Bool { trigrams.mayMatch(asked[Int(entry)]) }

    /// Says that nothing more will be appended.
    mutating func close() { (known, knownLists) = ([:], [:]) }
}
