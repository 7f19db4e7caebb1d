/// Statements of one policy or of several, laid out for deciding: parts that are the same are there once.
///
/// Everything that does not depend on the request is done here, when policies are attached; what a request asks is kept
/// for its time by an `Inquiry`.
final class StatementTable: Sendable {
    /// Where the parts of a statement lie in the lists of the table.
    struct Row: Sendable {
        /// Which list of actions, and which of resources.
        let actions: Int32
        let resources: Int32
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
    /// Of each pattern of `resources`.
    let needs: NeededKeys
    let defaults: DefaultedKeys
    let conditions: ConditionList

    /// Lays statements out.
    init(_ statements: [Statement]) {
        self.statements = statements
        allows = StatementIndex(statements, effect: .allow)
        denies = StatementIndex(statements, effect: .deny)
        var (actions, resources) = (PatternList<ActionPattern>(), PatternList<TextPattern>())
        conditions = ConditionList(statements)
        var start: Int32 = 0
        rows = statements.map { statement in
            let end = start + Int32(statement.conditions.count)
            defer { start = end }
            return Row(
                actions: actions.append(
                    statement.actions, isExcepted: statement.exceptsActions, effect: statement.effect, \.asked),
                resources: resources.append(
                    statement.resources, isExcepted: statement.exceptsResources, effect: statement.effect
                ) { pattern in
                    // Of those left out it counts whether they have values.
                    statement.exceptsResources ? pattern.askedForUnknown : pattern.asked
                },
                conditions: start..<end, namesPrincipals: statement.principals != nil)
        }
        actions.close()
        resources.close()
        self.actions = actions
        self.resources = resources
        needs = NeededKeys(resources.patterns.map(\.needs))
        defaults = DefaultedKeys(resources.patterns)
    }
}
