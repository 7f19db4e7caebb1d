import Core
import EventPattern
import Logging
import Storage

/// A batch of a mapping's messages, with all that is needed to work on it.
struct SourceBatch: Sendable {
    let source: EventSource
    let queue: Queue
    let target: ResolvedFunction
    /// The function's role.
    let principal: Principal
    let filter: EventSourceFilter
    var records: [SourceRecord] = []

    /// Batches of the mapping at a time, as far as its settings and the function's tell.
    var cap: Int { min(source.settings.concurrency ?? PollingState.most, target.reservedConcurrency ?? .max) }

    /// Seconds for which its messages are hidden when they are taken.
    var hiding: Int { max(1, queue.settings.visibilityTimeout) + source.settings.windowSeconds }

    /// Messages of one commit.
    private static let commitSize = 500

    /// Deletes messages that are done, as the function's role; what cannot be deleted comes again.
    func delete(_ records: [SourceRecord], _ sources: EventSources) async {
        guard !records.isEmpty else { return }
        do {
            guard try await sources.mayUse(queue, principal, .delete) else { return }
            guard queue.isFIFO else {
                _ = try await change(records, .delete, sources)
                return
            }
            try await sources.queues.delete(Self.runs(records), in: queue)
        } catch {
            sources.logger.warning(
                "Messages that are done could not be deleted; they come again.",
                metadata: ["queue": "\(queue.address.name)", "reason": "\(error)"])
        }
    }

    /// The messages in hand, each with those behind it; what has no first one among them was not done.
    private static func runs(_ records: [SourceRecord]) -> [(receipt: String, followers: [ItemID])] {
        let followers = Dictionary(grouping: records.compactMap(\.following), by: \.head)
        return records.filter { $0.following == nil }
            .map { ($0.message.receipt, followers[$0.message.id]?.map(\.item) ?? []) }
    }

    /// Deletes messages or changes when they come again; gives what came of each.
    func change(
        _ records: [SourceRecord], _ change: Queues.Change, _ sources: EventSources
    ) async throws(QueueError) -> [QueueError?] {
        var outcomes: [QueueError?] = []
        var rest = records[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(Self.commitSize))
            rest = rest.dropFirst(Self.commitSize)
            outcomes += try await sources.queues.change(part.map { ($0.message.receipt, change) }, in: queue)
        }
        return outcomes
    }
}
