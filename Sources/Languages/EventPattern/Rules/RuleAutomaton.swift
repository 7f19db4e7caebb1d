/// The shared structure of many rules: steps, and the sets in which values are looked up at each of them.
///
/// It only grows; what is no longer used is skipped, and `RuleSet` builds it anew when that is too much.
struct RuleAutomaton: Sendable {
    var tree = FieldTree()
    var steps = [RuleStep(before: -1, field: -1, mayBeAbsent: false)]
    var branches: [RuleBranch] = []
    var questions: [FieldQuestion] = []
    var absences: [AbsentField] = []
    var targets: [RuleTarget] = []
    var exclusions: [RuleExclusion] = []
    var caseless: [CaselessText] = []

    let hash = ByteHash()
    /// Targets by question, kind and text.
    var texts = ByteTable()
    /// Targets by question and number.
    var numbers = PairTable()
    var tries = ByteTrie()
    var ranges = RangeTree()
    /// Questions by step and field.
    var questionOf = PairTable()

    /// The number of each condition on a field, so that rules with the same one share a step.
    private var conditions: [FieldPattern: Int32] = [:]
    /// Steps by the step before and the condition.
    private var stepBehind = PairTable()

    private(set) var usedSteps = 0

    var unusedSteps: Int { steps.count - 1 - usedSteps }

    /// Adds a branch of a rule; returns its number.
    mutating func add(_ branch: PatternBranch, number: Int, of rule: Int32) -> Int32 {
        var step: Int32 = 0
        for field in branch.fields.map({ (rank: $0.rank, field: $0) }).sorted(by: Self.isAskedFirst) {
            step = advance(from: step, field.field)
        }
        branches.append(
            RuleBranch(
                rule: rule, number: Int32(number), step: step, next: steps[Int(step)].branch))
        steps[Int(step)].branch = Int32(branches.count - 1)
        return Int32(branches.count - 1)
    }

    /// Removes a branch.
    mutating func remove(_ branch: Int32) {
        branches[Int(branch)].rule = -1
        var step = branches[Int(branch)].step
        while step > 0 {
            steps[Int(step)].uses -= 1
            if steps[Int(step)].uses == 0 { usedSteps -= 1 }
            step = steps[Int(step)].before
        }
    }

    private static func isAskedFirst(
        _ left: (rank: Int, field: FieldPattern), _ right: (rank: Int, field: FieldPattern)
    ) -> Bool {
        left.rank != right.rank
            ? left.rank < right.rank : left.field.path.lexicographicallyPrecedes(right.field.path)
    }

    private mutating func advance(from step: Int32, _ pattern: FieldPattern) -> Int32 {
        let condition = conditions[pattern] ?? Int32(conditions.count)
        conditions[pattern] = condition
        var next = stepBehind.find(UInt64(step), UInt64(condition))
        if next < 0 {
            next = Int32(steps.count)
            let field = tree.add(pattern.path)
            steps.append(
                RuleStep(before: step, field: field, mayBeAbsent: pattern.matchers.contains(.absent)))
            stepBehind.set(UInt64(step), UInt64(condition), to: next)
            for matcher in pattern.matchers { add(matcher, of: field, from: step, to: next) }
        }
        if steps[Int(next)].uses == 0 { usedSteps += 1 }
        steps[Int(next)].uses += 1
        return next
    }

    private mutating func add(_ matcher: ValueMatcher, of field: Int32, from step: Int32, to next: Int32) {
        if case .absent = matcher {
            absences.append(AbsentField(field: field, step: next, next: steps[Int(step)].absence))
            steps[Int(step)].absence = Int32(absences.count - 1)
        } else {
            add(matcher, to: question(of: field, at: step), leadingTo: next, exclusion: -1)
        }
    }

    private mutating func question(of field: Int32, at step: Int32) -> Int32 {
        let known = questionOf.find(UInt64(step), UInt64(field))
        if known >= 0 { return known }
        let question = Int32(questions.count)
        questions.append(FieldQuestion(field: field, next: steps[Int(step)].question))
        questionOf.set(UInt64(step), UInt64(field), to: question)
        steps[Int(step)].question = question
        steps[Int(step)].questionCount += 1
        return question
    }
}

extension FieldPattern {
    /// The rank of the alternative that matches most often.
    fileprivate var rank: Int { matchers.reduce(0) { max($0, $1.rank) } }
}
