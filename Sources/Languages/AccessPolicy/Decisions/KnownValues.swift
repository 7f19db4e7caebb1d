import Core

/// What a request has for the keys that conditions ask for, read when one first asks, and once.
struct KnownValues {
    private enum State {
        static let unread: Int32 = -1
        static let absent: Int32 = -2
        static let other: Int32 = -3
    }

    private let conditions: ConditionList
    /// Of each slot one of the above, a place on its scale, or of a text the place among `texts`.
    private var states: [Int32]
    private var texts: [Trigrams] = []
    private var needed: FoundKeys
    /// Values of the slots that were read, for the conditions that must be asked themselves.
    private var values: [(slot: Int, value: ContextValue)] = []

    /// Knows nothing yet.
    init(_ conditions: ConditionList) {
        self.conditions = conditions
        states = Array(repeating: State.unread, count: conditions.slots.count)
        needed = FoundKeys(conditions.needs)
    }

    /// Whether a condition holds.
    @inline(__always)
    mutating func satisfy(
        _ number: Int, _ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Bool {
        let flat = conditions.flat[number]
        let slot = Int(flat.slot)
        var state = states[slot]
        if state == State.unread { state = read(slot, request, lookUp) }
        if state == State.absent { return flat.holdsWithoutValue }
        let value: FlatCondition.Value =
            switch state {
            case State.other: .other
            case _ where conditions.slots[slot].form == .text: .text(texts[Int(state)])
            default: .place(state)
            }
        let holds = flat.holds(value, conditions.values) { mayAsk in
            mayAsk ? needed.areThere(for: number, request, lookUp) == true : needed.areKnown(for: number)
        }
        return holds ?? askItself(number, slot, request, lookUp)
    }

    /// Reads what the request has for a slot.
    private mutating func read(
        _ slot: Int, _ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Int32 {
        if let tag = conditions.tags[slot], !request.tags.mayHave(tag) {
            states[slot] = State.absent
            return State.absent
        }
        let asked = conditions.slots[slot]
        let value = request.value(of: asked.key, lookUp)
        let state: Int32
        if let value, !value.isAbsent {
            values.append((slot, value))
            if asked.form == .text {
                state = read(value)
            } else {
                state = conditions.scales[slot].place(of: Fact(value, as: asked.form)) ?? State.other
            }
        } else {
            state = State.absent
        }
        states[slot] = state
        return state
    }

    private mutating func read(_ value: ContextValue) -> Int32 {
        let text: String?
        if case .texts(let several) = value {
            text = several.count == 1 ? several[0] : nil
        } else {
            text = value.single
        }
        // AWS takes an empty text for none, which the condition itself knows.
        guard let text, !text.isEmpty else { return State.other }
        texts.append(Trigrams(of: text.utf8))
        return Int32(texts.count - 1)
    }

    private func askItself(
        _ number: Int, _ slot: Int, _ request: AccessRequest, _ lookUp: (ContextKey) -> ContextValue?
    ) -> Bool {
        let asked = conditions.conditions[number]
        let value = values.first { $0.slot == slot }?.value
        return asked.condition.holds(Fact(value, as: conditions.slots[slot].form), effect: asked.effect) {
            request.value(of: $0, lookUp)
        }
    }
}
