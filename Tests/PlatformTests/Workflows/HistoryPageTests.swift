import Core
import StatesLanguage
import TestSupport
import Testing

@testable import Platform

/// Pages of long histories.
struct HistoryPageTests {
    /// Goes round 500 times, with four events each.
    private static let definition = #"""
        {"StartAt":"Add","States":{"Add":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, 1)"},"Next":"Enough?"},
        "Enough?":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericLessThan":500,"Next":"Add"}],"Default":"End"},
        "End":{"Type":"Succeed"}}}
        """#

    @Test(arguments: [false, true])
    func `each page of a history reads as much as the first one`(isReversed: Bool) async throws {
        let fixture = WorkflowFixture()
        let store = MortalStore(fixture.store, commits: .max, keepsLast: false)
        let workflows = try await fixture.server(on: store)
        _ = try await WorkflowFixture.machine(workflows, Self.definition)
        _ = try await workflows.start(WorkflowFixture.start("long", #"{"n":0}"#))
        let id = try WorkflowFixture.id("long")
        #expect(try await fixture.settle(workflows, id) == .succeeded)
        var token: String?
        var numbers: [Int] = []
        var reads: [Int] = []
        repeat {
            let before = store.entriesRead
            let page = try await workflows.history(of: id, isReversed: isReversed, after: token, limit: 100)
            reads.append(store.entriesRead - before)
            numbers += page.events.map(\.id)
            token = page.next
        } while token != nil
        #expect(numbers.count > 2000)
        #expect(numbers == (isReversed ? (1...numbers.count).reversed() : Array(1...numbers.count)))
        #expect(reads.allSatisfy { $0 <= 101 }, "\(reads)")
    }
}
