/// Statements of one policy or of several, laid out for deciding: parts that are the same are there once.
///
/// Everything that does not depend on the request is done here, when policies are attached; what a request asks is kept
/// for its time by an `Inquiry`.
final class StatementTable: Sendable {
    /// Where the parts of a statement lie in the lists of the table.
    struct Row: Sendable {
        let effect: Effect
        let actions: Range<Int32>
        let exceptsActions: Bool
        let resources: Range<Int32>
        let exceptsResources: Bool
        let conditions: Range<Int32>
        /// Whether it depends on who asks whether the statement applies.
        let namesPrincipals: Bool
    }

    let statements: [Statement]
    let rows: [Row]
    /// Where to look for what allows, and for what denies, a certain action.
    let allows: StatementIndex
    let denies: StatementIndex
    let actions: PatternList<ActionPattern>
    let resources: PatternList<TextPattern>
    /// In the order of the statements: which condition.
    let conditionNumbers: [Int32]
    let conditions: [AskedCondition]
    /// Of each condition, if it is plain.
    let plainTests: [PlainTest?]
    let limits: PlainTest.Limits
    /// What each condition asks for, and what that is.
    let conditionSlots: [Int32]
    let slots: [Fact.Slot]

    /// A condition, and what it asks the request for.
    struct AskedCondition: Sendable {
        let condition: Condition
        let effect: Effect
    }

    /// Lays statements out.
    init(_ statements: [Statement]) {
        self.statements = statements
        allows = StatementIndex(statements, effect: .allow)
        denies = StatementIndex(statements, effect: .deny)
        var (actions, resources) = (PatternList<ActionPattern>(), PatternList<TextPattern>())
        var conditions = ConditionList()
        rows = statements.map { statement in
            Row(
                effect: statement.effect,
                actions: actions.append(statement.actions, \.asked), exceptsActions: statement.exceptsActions,
                resources: resources.append(statement.resources) { pattern in
                    // Of those left out it counts whether they have values.
                    statement.exceptsResources ? pattern.askedForUnknown : pattern.asked
                },
                exceptsResources: statement.exceptsResources,
                conditions: conditions.append(statement.conditions, effect: statement.effect),
                namesPrincipals: statement.principals != nil)
        }
        actions.close()
        resources.close()
        self.actions = actions
        self.resources = resources
        self.conditions = conditions.conditions
        conditionNumbers = conditions.numbers
        plainTests = conditions.plainTests
        limits = conditions.limits
        conditionSlots = conditions.conditionSlots
        slots = conditions.slots
    }
}

/// The conditions that many statements have, each kept once, and what all of them ask for.
private struct ConditionList {
    private struct Key: Hashable {
        let comparison: ConditionOperator
        let values: Condition.Values
        let effect: Effect
        let slot: Int32
    }

    private(set) var conditions: [StatementTable.AskedCondition] = []
    private(set) var plainTests: [PlainTest?] = []
    private(set) var limits = PlainTest.Limits()
    private(set) var conditionSlots: [Int32] = []
    private(set) var numbers: [Int32] = []
    private(set) var slots: [Fact.Slot] = []
    private var known: [Key: Int32] = [:]
    private var knownSlots: [Fact.Slot: Int32] = [:]

    /// Appends the conditions of one statement; gives the places of their entries.
    mutating func append(_ list: [Condition], effect: Effect) -> Range<Int32> {
        let start = Int32(numbers.count)
        for condition in list {
            let slot = number(of: condition.slot)
            let key = Key(comparison: condition.comparison, values: condition.values, effect: effect, slot: slot)
            let number = known[key] ?? Int32(conditions.count)
            if Int(number) == conditions.count {
                conditions.append(.init(condition: condition, effect: effect))
                plainTests.append(PlainTest(condition, &limits))
                conditionSlots.append(slot)
                known[key] = number
            }
            numbers.append(number)
        }
        return start..<Int32(numbers.count)
    }

    private mutating func number(of slot: Fact.Slot) -> Int32 {
        if let number = knownSlots[slot] { return number }
        let number = Int32(slots.count)
        slots.append(slot)
        knownSlots[slot] = number
        return number
    }
}
