import Core

/// What one value of a request is compared with, of which everybody can tell how it compares.
///
/// Of a condition the part that answers nearly all requests, laid out flat: a thousand of them are asked in microseconds.
/// Where it knows no answer the condition itself does.
struct PlainTest: Sendable {
    private let limits: Range<Int32>
    private let order: ConditionOperator.Order
    private let isNegated: Bool

    /// The values of many conditions, each kind behind one another.
    struct Limits: Sendable {
        fileprivate var numbers: [SmallDecimal] = []
        /// In milliseconds since 1970.
        fileprivate var instants: [Int64] = []
        fileprivate var ranges: [AddressRange] = []
        fileprivate var texts: [Trigrams] = []
    }

    /// Takes a condition and appends its values; `nil` if it is not plain.
    init?(_ condition: Condition, _ all: inout Limits) {
        switch condition.values {
        case .numbers(let numbers):
            let small = numbers.compactMap(SmallDecimal.init)
            guard small.count == numbers.count else { return nil }
            limits = Self.append(small, to: &all.numbers)
        case .instants(let instants): limits = Self.append(instants.map(\.milliseconds), to: &all.instants)
        case .ranges(let ranges): limits = Self.append(ranges, to: &all.ranges)
        case .texts(let patterns): limits = Self.append(patterns.map(\.askedForUnknown), to: &all.texts)
        case .binaries, .absence: return nil
        }
        order = condition.order ?? .equal
        isNegated = condition.comparison.isNegated
    }

    private static func append<Value>(_ values: [Value], to all: inout [Value]) -> Range<Int32> {
        all += values
        return Int32(all.count - values.count)..<Int32(all.count)
    }

    /// Whether the condition holds; `nil` where it must be asked itself.
    @inline(__always)
    func holds(_ value: PlainValue, _ all: borrowing Limits) -> Bool? {
        switch value {
        case .number(let number):
            for place in limits where order.holds(number, all.numbers[Int(place)]) { return !isNegated }
        case .instant(let instant):
            for place in limits where order.holds(instant, all.instants[Int(place)]) { return !isNegated }
        case .address(let address):
            for place in limits where all.ranges[Int(place)].contains(address) { return !isNegated }
        case .text(let trigrams):
            for place in limits where trigrams.mayMatch(all.texts[Int(place)]) { return nil }
        case .other: return nil
        }
        return isNegated
    }
}

/// A fact that is exactly one value, of the kind that is compared.
enum PlainValue: Sendable {
    case number(SmallDecimal)
    /// In milliseconds since 1970.
    case instant(Int64)
    case address(AddressRange)
    case text(Trigrams)
    /// It is none, or several, or not of the kind.
    case other

    /// Takes what a request has for a key.
    init(_ fact: Fact) {
        self = .other
        guard !fact.isAbsent, !fact.isEmptySet else { return }
        switch fact.values {
        case .numbers(let numbers):
            if numbers.count == 1, let number = numbers[0].flatMap(SmallDecimal.init) { self = .number(number) }
        case .instants(let instants):
            if instants.count == 1, let instant = instants[0] { self = .instant(instant.milliseconds) }
        case .addresses(let ranges): if ranges.count == 1, let range = ranges[0] { self = .address(range) }
        case .texts(let texts): if texts.count == 1, let text = texts[0] { self = .text(Trigrams(of: text.utf8)) }
        case .binaries, .none: break
        }
    }
}
