/// One step of a compiled expression; jumps are relative, so that fragments can be copied.
enum RegexInstruction: Hashable, Sendable {
    case scalar(Unicode.Scalar)
    case any
    case set(ScalarSet)
    case start
    case end
    case wordBoundary(isNegated: Bool)
    /// Goes on at the first offset, and at the second if that fails.
    case split(Int, Int)
    case jump(Int)
    /// Notes the place: even slots begin a group, odd ones end it.
    case save(Int)
    /// Forgets what the groups from the first slot to before the second have captured.
    case forget(Int, Int)
    case reference(Int)
    case namedReference(String)
    /// Remembers where a turn of a loop begins.
    case beginTurn(loop: Int)
    /// Fails if the turn took nothing.
    case endTurn(loop: Int)
    /// What follows, to an `accept` this many steps further, must be or not be ahead or behind.
    case look(isBehind: Bool, isNegated: Bool, length: Int)
    case accept
}
