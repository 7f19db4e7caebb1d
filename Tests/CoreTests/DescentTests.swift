import Core
import Testing

@Test func `what a call causes is one deeper, in its lineage, and began where it began`() throws {
    let (door, next) = (try FunctionName("door"), try FunctionName("next"))
    let outside = Descent()
    #expect(outside.depth == 0 && outside.entry == nil)
    let first = outside.below(FunctionKey(account: .standard, name: door))
    let second = first.below(FunctionKey(account: .standard, name: next))
    #expect(first.lineage == outside.lineage && second.lineage == outside.lineage)
    #expect(first.depth == 1 && second.depth == 2)
    #expect(first.entry?.name == door && second.entry?.name == door)
}
