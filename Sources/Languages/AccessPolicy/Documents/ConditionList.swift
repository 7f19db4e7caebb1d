/// The conditions that many statements have, each kept once, and what all of them ask for.
struct ConditionList: Sendable {
    /// A condition, and the effect of the statements that have it.
    struct Asked: Sendable {
        let condition: Condition
        let effect: Effect
    }

    private struct Key: Hashable {
        let comparison: ConditionOperator
        let values: Condition.Values
        let effect: Effect
        let slot: Int32
    }

    /// In the order of the statements: which condition.
    let numbers: [Int32]
    let conditions: [Asked]
    /// Of each condition: the part that answers nearly all requests.
    let flat: [FlatCondition]
    let values: FlatCondition.Values
    /// Of each condition.
    let needs: NeededKeys
    /// What the conditions ask for, and what the values of each are compared with.
    let slots: [Fact.Slot]
    /// Of each slot, if its key is a tag of who asks.
    let tags: [UInt64?]
    let scales: [SlotScale]

    /// Gathers the conditions of statements.
    init(_ statements: [Statement]) {
        var (numbers, conditions, slots) = ([Int32](), [Asked](), [Fact.Slot]())
        var known: [Key: Int32] = [:]
        var knownSlots: [Fact.Slot: Int32] = [:]
        var slotNumbers: [Int32] = []
        for statement in statements {
            for condition in statement.conditions {
                let slot = knownSlots[condition.slot] ?? Int32(slots.count)
                if Int(slot) == slots.count {
                    slots.append(condition.slot)
                    knownSlots[condition.slot] = slot
                }
                let key = Key(
                    comparison: condition.comparison, values: condition.values, effect: statement.effect, slot: slot)
                let number = known[key] ?? Int32(conditions.count)
                if Int(number) == conditions.count {
                    conditions.append(Asked(condition: condition, effect: statement.effect))
                    slotNumbers.append(slot)
                    known[key] = number
                }
                numbers.append(number)
            }
        }
        var ofSlots = Array(repeating: [Condition](), count: slots.count)
        for (asked, slot) in zip(conditions, slotNumbers) { ofSlots[Int(slot)].append(asked.condition) }
        let scales = ofSlots.map { SlotScale($0) }
        var values = FlatCondition.Values()
        flat = zip(conditions, slotNumbers).map { asked, slot in
            FlatCondition(asked.condition, effect: asked.effect, slot: slot, scales[Int(slot)], &values)
        }
        needs = NeededKeys(
            conditions.map { asked in
                if case .texts(let patterns) = asked.condition.values { patterns.flatMap(\.needs) } else { [] }
            })
        self.numbers = numbers
        self.conditions = conditions
        self.slots = slots
        tags = slots.map { $0.key.isPrincipalTag ? $0.key.tagHash : nil }
        self.scales = scales
        self.values = values
    }
}
