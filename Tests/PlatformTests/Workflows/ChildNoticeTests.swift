import Core
import Testing

@testable import Platform

@Suite struct ChildNoticeTests {
    private func id(_ text: String) throws -> ExecutionID { try #require(ExecutionID(text)) }

    @Test func `a notice is read as it was written`() throws {
        for kind in [ChildNotice.Kind.ended, .left] {
            let notice = ChildNotice(
                kind, parent: try id("parent:one"), work: 7, isParsed: kind == .ended, child: try id("child/label:two"))
            #expect(ChildNotice(notice.bytes) == notice)
            for end in notice.bytes.indices { #expect(ChildNotice(Array(notice.bytes[..<end])) == nil, "\(end)") }
        }
    }

    @Test func `a notice and a task are not taken for one another`() throws {
        let task = TaskItem(execution: try id("m:e"), work: 1)
        #expect(ChildNotice(task.bytes) == nil)
        let notice = ChildNotice(.left, parent: try id("m:e"), work: 1, child: try id("m:f"))
        #expect(throws: WorkItem.Fault.self) { try TaskItem(notice.bytes) }
    }

    @Test func `a task calls by the same id each time, and no other does`() throws {
        let task = TaskItem(execution: try id("m:e"), work: 1)
        #expect(task.request == TaskItem(execution: try id("m:e"), work: 1).request)
        #expect(task.request != TaskItem(execution: try id("m:e"), work: 2).request)
        #expect(task.request != TaskItem(execution: try id("m:f"), work: 1).request)
        #expect(
            ChildNotice(.left, parent: try id("m:e"), work: 1, child: try id("m:f")).request == task.request)
    }
}
