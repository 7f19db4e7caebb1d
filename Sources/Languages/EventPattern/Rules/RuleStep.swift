/// A place in the chain of fields that rules share: everything before it has matched.
///
/// A rule's fields are asked in an order that puts what seldom matches first. Rules with the same first fields share the
/// steps behind them, so that an event costs what the rules cost that match it up to there.
struct RuleStep: Sendable {
    /// How many branches of rules go through this step or end here; 0 makes it dead.
    var uses: Int32 = 0
    /// The step before; -1 for the first one.
    let before: Int32
    /// The field that led here, and whether its absence may have.
    let field: Int32
    let mayBeAbsent: Bool
    /// The first of the branches that end here; -1 for none.
    var branch: Int32 = -1
    /// The first of the fields that may lead on by a value; -1 for none.
    var question: Int32 = -1
    var questionCount: Int32 = 0
    /// The first of the fields that lead on by their absence; -1 for none.
    var absence: Int32 = -1
}

/// A branch of a rule at the step where it ends.
struct RuleBranch: Sendable {
    /// The rule's number; -1 once it was removed.
    var rule: Int32
    /// Which of the rule's branches it is.
    let number: Int32
    let step: Int32
    /// The next one that ends at the same step; -1 for none.
    let next: Int32
}

/// A field that leads on by its absence.
struct AbsentField: Sendable {
    let field: Int32
    let step: Int32
    let next: Int32
}

/// Where something that matched leads; a list.
struct RuleTarget: Sendable {
    let step: Int32
    /// The exclusion that fails instead; -1 for none.
    let exclusion: Int32
    /// The text without case that decides; -1 where what led here decides.
    let text: Int32
    let next: Int32
}

/// Something that leads on unless one of its values was found; a list.
struct RuleExclusion: Sendable {
    let step: Int32
    let next: Int32
}

/// What a step asks about one field: the sets in which its values are looked up.
struct FieldQuestion: Sendable {
    let field: Int32
    /// The next question of the same step; -1 for none.
    let next: Int32
    /// Which kinds of matchers there are at all.
    var kinds: Kinds = []
    /// Tries of beginnings and wildcards, of endings backwards, and of both without case; -1 for none.
    var beginnings: Int32 = -1
    var endings: Int32 = -1
    var caselessBeginnings: Int32 = -1
    var caselessEndings: Int32 = -1
    /// Sets of ranges; -1 for none.
    var numbers: Int32 = -1
    var addresses4: Int32 = -1
    var addresses6: Int32 = -1
    /// Lists of what any value leads to, and of what every value but some leads to; -1 for none.
    var any: Int32 = -1
    var exclusion: Int32 = -1

    /// Kinds of matchers that are looked up in different ways.
    struct Kinds: OptionSet, Sendable {
        let rawValue: UInt8

        static let texts = Kinds(rawValue: 1)
        static let caselessTexts = Kinds(rawValue: 2)
        static let numbers = Kinds(rawValue: 4)
        static let ranges = Kinds(rawValue: 8)
        static let addresses = Kinds(rawValue: 16)
        static let tries = Kinds(rawValue: 32)
    }
}
