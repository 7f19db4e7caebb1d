/// The memory of a match, to be used again for the next one.
///
/// Matching changes nothing in a set of rules, so that several threads may match with one set, each with its own.
package struct MatchScratch: Sendable {
    var reader = EventReader()
    /// Steps that were reached and are still to be looked at.
    var open: [Int32] = []
    /// What telling array elements apart has cost.
    var work = 0
    /// The rules that match, as numbers.
    var rules: [Int32] = []

    /// When each step, rule, exclusion and trie node was met last.
    var steps = Marks()
    var ruleMarks = Marks()
    var failed = Marks()
    var trieNodes = Marks()

    /// Nodes of a trie that a text is at before and behind a byte, and those behind asterisks, which it stays at.
    var nodes: [Int32] = []
    var nextNodes: [Int32] = []
    var asterisks: [Int32] = []
    var found: [Int32] = []
    /// A text without case.
    var folded: [UInt8] = []

    /// Begins empty; grows with the set of rules.
    package init() {}
}

/// Which of many things were met since the marks were cleared, which takes no time.
struct Marks: Sendable {
    private var metIn: [UInt32] = []
    private var round: UInt32 = 0

    /// Clears all marks, of which there may be `count`.
    @inline(__always)
    mutating func clear(_ count: Int) {
        if metIn.count < count || round == .max {
            metIn = [UInt32](repeating: 0, count: max(count, metIn.count) + count / 2)
            round = 0
        }
        round += 1
    }

    /// Marks one; whether it was not marked before.
    @inline(__always)
    mutating func insert(_ number: Int32) -> Bool {
        if metIn[Int(number)] == round { return false }
        metIn[Int(number)] = round
        return true
    }

    @inline(__always)
    func contains(_ number: Int32) -> Bool { metIn[Int(number)] == round }
}
