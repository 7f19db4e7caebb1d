import Core
import StatesLanguage
import Storage

/// What became of executions.
extension Workflows {
    /// An execution, with what it began with and how it ended.
    package struct Described: Sendable {
        package let id: ExecutionID
        package let record: WorkflowExecution
        /// JSON, both; there is no output where it has not succeeded.
        package let input: String
        package let output: String?
        package let error: String?
        package let cause: String?
    }

    /// An execution.
    package func describe(_ id: ExecutionID) async throws(WorkflowError) -> Described {
        let kept = try await load(id)
        let first = try await events(of: kept, from: 0, limit: 1).events.first
        var last: HistoryEvent?
        if let events = kept.record.events {
            last = try await self.events(of: kept, from: max(0, events - 1), limit: 1).events.first
        }
        return Described(
            id: id, record: kept.record, input: first?.details["input"]?.string ?? "{}",
            output: last?.details["output"]?.string, error: last?.details["error"]?.string,
            cause: last?.details["cause"]?.string)
    }

    /// The machine as an execution runs it.
    package func machine(
        of id: ExecutionID
    ) async throws(WorkflowError) -> (execution: WorkflowExecution, revision: WorkflowRevision) {
        let kept = try await load(id)
        return (kept.record, try await machines.prepared(id.machine, kept.record.revision).revision)
    }

    /// A page of an execution's events, in order or from the last one back, and where the next one begins.
    ///
    /// Each page is read where it lies: one far behind costs what the first one costs.
    package func history(
        of id: ExecutionID, isReversed: Bool, after token: String?, limit: Int
    ) async throws(WorkflowError) -> (events: [HistoryEvent], next: String?) {
        let kept = try await load(id)
        var from: Int64 = 0
        if let token = try PageToken.last(token) {
            guard let number = Int64(token), number >= 0 else { throw .badToken }
            from = number
        }
        guard isReversed else {
            let (events, end) = try await events(of: kept, from: from, limit: limit)
            let next = from + Int64(events.count)
            return (events, next < end && !events.isEmpty ? PageToken.text(String(next)) : nil)
        }
        // A token says before which event the page ends.
        let end = token == nil ? try await read(Self.history(id), from: 0, limit: 1).end : from
        let start = max(0, end - Int64(limit))
        var events: [HistoryEvent] = []
        while start + Int64(events.count) < end {
            let place = start + Int64(events.count)
            let more = try await self.events(of: kept, from: place, limit: Int(end - place)).events
            guard !more.isEmpty else { break }
            events += more
        }
        return (events.reversed(), start > 0 ? PageToken.text(String(start)) : nil)
    }

    /// Executions of a list, the latest first.
    package func list(
        _ list: ExecutionList, status: WorkflowExecution.Status?, after token: String?, limit: Int
    ) async throws(WorkflowError) -> (executions: [(id: ExecutionID, record: WorkflowExecution)], next: String?) {
        _ = try await machines.load(list.machine)
        let query = RecordQuery.index(
            kind: WorkflowRecords.executions, name: status == nil ? list.index : list.statusIndex,
            match: .prefix(status.map { "\(list.place)|\($0.rawValue)|" } ?? "\(list.place)|"))
        var cursor: Cursor?
        if let token = try PageToken.last(token) {
            guard let after = Cursor(text: token) else { throw .badToken }
            cursor = after
        }
        let page = try await records.scan(query, after: cursor, limit: limit)
        let found = try await records.read(page.records.map(\.key), as: WorkflowExecution.self)
        var executions: [(id: ExecutionID, record: WorkflowExecution)] = []
        for (record, found) in zip(page.records, found) {
            guard let id = ExecutionID(record.key.id) else { throw .unreadable(id: record.key.id) }
            if let found { executions.append((id, found.value)) }
        }
        return (executions, page.next.map { PageToken.text($0.text) })
    }
}
