/// The keys of variables that patterns cannot do without, each once, and which of them each pattern needs.
struct NeededKeys: Sendable {
    /// What stands in place of a key's number.
    enum Need {
        /// All of its variables have defaults, or it has none.
        static let none: Int32 = -1
        static let several: Int32 = -2
    }

    let keys: [ContextKey]
    /// Of each key, if it is a tag of who asks.
    let tags: [UInt64?]
    /// Of each pattern the number of the key that it needs, or one of the above.
    let numbers: [Int32]

    /// Takes what each pattern needs.
    init(_ patterns: [[ContextKey]]) {
        var keys: [ContextKey] = []
        var known: [ContextKey: Int32] = [:]
        numbers = patterns.map { needs in
            guard let key = needs.first else { return Need.none }
            guard needs.allSatisfy({ $0 == key }) else { return Need.several }
            if let number = known[key] { return number }
            keys.append(key)
            let number = Int32(keys.count - 1)
            known[key] = number
            return number
        }
        self.keys = keys
        tags = keys.map { $0.isPrincipalTag ? $0.tagHash : nil }
    }
}

/// The keys of variables that all have defaults, and what each pattern asks for where its key has no value.
struct DefaultedKeys: Sendable {
    let keys: NeededKeys
    private let asked: [Trigrams]

    /// Takes patterns of which some have one such key.
    init(_ patterns: [TextPattern]) {
        let defaulted = patterns.map(\.defaulted)
        keys = NeededKeys(defaulted.map { $0.map { [$0.key] } ?? [] })
        asked = defaulted.map { $0?.asked ?? Trigrams(asked: []) }
    }

    /// Whether a pattern may match a text with these pieces by its defaults.
    @inline(__always)
    func mayMatch(_ pattern: Int, _ trigrams: Trigrams) -> Bool { trigrams.mayMatch(asked[pattern]) }
}

/// Which of the needed keys have a value, each asked for once.
struct FoundKeys {
    private let needed: NeededKeys
    /// 0 for not asked, 1 for no value, 2 for one.
    private var states: [UInt8]

    /// Has asked for none.
    init(_ needed: NeededKeys) {
        self.needed = needed
        states = Array(repeating: 0, count: needed.keys.count)
    }

    /// Whether a pattern's variables have values; `nil` where it needs several.
    @inline(__always)
    mutating func areThere(
        for pattern: Int, _ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Bool? {
        let number = Int(needed.numbers[pattern])
        guard number >= 0 else { return number == NeededKeys.Need.none ? true : nil }
        if states[number] == 0 { ask(number, request, lookUp) }
        return states[number] == 2
    }

    /// Whether a pattern's variables are known to have values, without asking for any.
    @inline(__always)
    func areKnown(for pattern: Int) -> Bool {
        let number = Int(needed.numbers[pattern])
        return number >= 0 ? states[number] == 2 : number == NeededKeys.Need.none
    }

    private mutating func ask(_ number: Int, _ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?) {
        if let tag = needed.tags[number], !request.tags.mayHave(tag) {
            states[number] = 1
            return
        }
        states[number] = request.value(of: needed.keys[number], lookUp)?.single == nil ? 1 : 2
    }
}
