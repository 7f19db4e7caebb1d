import Core

/// The scale of what one slot's values are compared with, if they have an order.
enum SlotScale: Sendable {
    case numbers(Scale<DecimalNumber>)
    case instants(Scale<Instant>)
    case addresses(Scale<AddressRange.Address>)
    /// Texts, bytes and presence have none.
    case none

    /// Gathers what conditions of one slot compare with.
    init(_ conditions: [Condition]) {
        var (numbers, instants, addresses) = ([DecimalNumber](), [Instant](), [AddressRange.Address]())
        for condition in conditions {
            switch condition.values {
            case .numbers(let some): numbers += some
            case .instants(let some): instants += some
            case .ranges(let some): addresses += some.flatMap { [$0.first, $0.last] }
            case .texts, .binaries, .absence: break
            }
        }
        self =
            if !numbers.isEmpty {
                .numbers(Scale(numbers))
            } else if !instants.isEmpty {
                .instants(Scale(instants))
            } else if !addresses.isEmpty {
                .addresses(Scale(addresses))
            } else {
                .none
            }
    }

    /// What each value of a condition admits.
    func intervals(of condition: Condition) -> [Interval] {
        let order = condition.order ?? .equal
        return switch (self, condition.values) {
        case (.numbers(let scale), .numbers(let limits)): limits.map { Interval(order, scale.place(of: $0)) }
        case (.instants(let scale), .instants(let limits)): limits.map { Interval(order, scale.place(of: $0)) }
        case (.addresses(let scale), .ranges(let ranges)):
            ranges.map { Interval(scale.place(of: $0.first), scale.place(of: $0.last)) }
        default: []
        }
    }

    /// Where the one value of a fact stands; `nil` if it is none, several, or not of the kind that is compared.
    func place(of fact: Fact) -> Int32? {
        guard !fact.isAbsent, !fact.isEmptySet else { return nil }
        switch (self, fact.values) {
        case (.numbers(let scale), .numbers(let numbers)):
            return numbers.count == 1 ? numbers[0].map(scale.place) : nil
        case (.instants(let scale), .instants(let instants)):
            return instants.count == 1 ? instants[0].map(scale.place) : nil
        case (.addresses(let scale), .addresses(let ranges)):
            return ranges.count == 1 ? ranges[0]?.single.map(scale.place) : nil
        default: return nil
        }
    }
}
