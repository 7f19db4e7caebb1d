/// A condition of a table, laid out so that asking it of nearly every request takes a few comparisons.
///
/// What it cannot tell, the condition itself does.
struct FlatCondition: Sendable {
    /// How the value is compared.
    private enum Way: UInt8, Sendable { case intervals, texts, presence, itself }

    /// Which of the table's slots it asks for.
    let slot: Int32
    private let way: Way
    private let isNegated: Bool
    /// Whether it holds where the key has no value.
    let holdsWithoutValue: Bool
    /// Where its values lie among those of all conditions.
    private let first: Int32
    private let end: Int32

    /// The values of many conditions, each kind behind one another.
    struct Values: Sendable {
        fileprivate var intervals: [Interval] = []
        /// What each text asks for if its variables have values, which is all that most requests are compared with.
        fileprivate var texts: [Trigrams] = []
        /// What each text asks for whatever its variables have.
        fileprivate var always: [Trigrams] = []
    }

    /// What is known of the value that a request has for a slot.
    enum Value {
        /// Where it stands on the slot's scale.
        case place(Int32)
        /// Which pieces the one text has.
        case text(Trigrams)
        /// It is of another kind, or there are several.
        case other
    }

    /// Lays a condition out, and appends its values to those of all.
    init(_ condition: Condition, effect: Effect, slot: Int32, _ scale: SlotScale, _ all: inout Values) {
        self.slot = slot
        var range: Range<Int> = 0..<0
        switch condition.values {
        case .numbers, .instants, .ranges:
            way = .intervals
            range = Self.append(scale.intervals(of: condition), to: &all.intervals)
        case .texts(let patterns):
            way = .texts
            range = Self.append(patterns.map(\.asked), to: &all.texts)
            all.always += patterns.map(\.askedForUnknown)
        case .absence: way = .presence
        case .binaries: way = .itself
        }
        (first, end) = (Int32(range.lowerBound), Int32(range.upperBound))
        if case .absence(let wanted) = condition.values {
            isNegated = !wanted.contains(false)
            holdsWithoutValue = wanted.contains(true)
        } else {
            isNegated = condition.comparison.isNegated
            holdsWithoutValue = condition.holdsWithoutValue(effect)
        }
    }

    private static func append<Element>(_ values: [Element], to all: inout [Element]) -> Range<Int> {
        all += values
        return (all.count - values.count)..<all.count
    }

    /// Whether the condition holds for a value, or `nil` where it must be asked itself.
    ///
    /// `isResolved` says whether the variables of its texts have values, as far as that is known or may be asked for.
    @inline(__always)
    func holds(_ value: Value, _ all: borrowing Values, isResolved: (_ mayAsk: Bool) -> Bool) -> Bool? {
        if way == .presence { return !isNegated }
        switch value {
        case .place(let place):
            for entry in first..<end where all.intervals[Int(entry)].contains(place) { return !isNegated }
        case .text(let trigrams):
            guard way == .texts else { return nil }
            for entry in first..<end {
                guard !trigrams.mayMatch(all.texts[Int(entry)]) else { return nil }
                if isResolved(false) { continue }
                guard !trigrams.mayMatch(all.always[Int(entry)]) || isResolved(true) else { return nil }
            }
        case .other: return nil
        }
        return isNegated
    }
}
