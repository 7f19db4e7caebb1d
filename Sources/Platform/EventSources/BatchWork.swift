import Core
import Logging
import NIOCore

/// Calls a function with one batch, and sees the batch to its end.
///
/// A call that finds no room is tried again with the same messages, which stay hidden: waiting costs no receives.
struct BatchWork: Sendable {
    private static let firstPause = Duration.milliseconds(250)
    private static let longestPause = Duration.seconds(2)

    let poller: SourcePoller
    let batch: SourceBatch

    private var sources: EventSources { poller.sources }

    /// Works on the batch; larger ones than a call may carry are several calls, one after the other.
    func run() async -> PollingState.End {
        var end = PollingState.End.done
        for (number, records) in SourceRecord.events(batch.records).enumerated() {
            // Time has passed since they were taken: from now on they have the whole of the queue's visibility timeout.
            let isLate = number > 0 || batch.source.settings.windowSeconds > 0
            guard let records = isLate ? await keep(records, evenLate: true) : records else { continue }
            if await call(records) == .throttled { end = .throttled }
        }
        return end
    }

    private func call(_ all: [SourceRecord]) async -> PollingState.End {
        var records = all
        var end = PollingState.End.done
        var pause = Self.firstPause
        while !records.isEmpty {
            let descent = SourceRecord.descent(of: records)
            switch await invoke(records, descent) {
            case .success(let answer):
                await succeeded(records, answer)
                return end
            case .functionError:
                await sources.note(SourceProblem(.failure, "Function call failed"), of: poller.id)
                return end
            case .refused(let refusal) where refusal.isFinal:
                // Nothing brings the budget of that lineage back; the messages of others go on.
                records = SourceRecord.without(descent.lineage, records)
                await sources.note(SourceProblem(.failure, refusal.message), of: poller.id)
            case .unavailable(.noInterpreter), .unavailable(.codeUnavailable):
                await sources.note(
                    SourceProblem(.failure, "The function's code or runtime cannot be had"), of: poller.id)
                return end
            case .throttled, .refused, .unavailable:
                end = .throttled
                guard let kept = await wait(pause, records) else { return end }
                records = kept
                pause = min(pause * 2, Self.longestPause)
            }
        }
        return end
    }

    private func invoke(_ records: [SourceRecord], _ descent: Descent) async -> InvocationResult.Outcome {
        let trace = records.first?.message.trace.child() ?? TraceContext()
        return await sources.surroundings.invoke(
            Invocation(
                event: RequestID().description, target: batch.target,
                payload: ByteBuffer(bytes: SourceRecord.event(records)), clientContext: nil, trace: trace,
                descent: descent, isFirst: false))
    }

    /// Deletes what the function has done.
    private func succeeded(_ records: [SourceRecord], _ answer: ByteBuffer) async {
        guard batch.source.settings.reportsFailures else {
            await sources.clear(.failure, of: poller.id)
            return await batch.delete(records, sources)
        }
        let answer = BatchAnswer(
            Array(answer.readableBytesView), to: Set(records.map { $0.message.id.description }))
        if answer == .malformed {
            let sentence = "The function's answer is no list of batchItemFailures of its batch."
            await sources.note(SourceProblem(.failure, sentence), of: poller.id)
        } else {
            await sources.clear(.failure, of: poller.id)
        }
        await batch.delete(answer.finished(records), sources)
    }

    /// Keeps the messages hidden while there is no room for the call; gives those that are still in hand, or `nil` where
    /// they were given back, because the mapping is not in use any more.
    private func wait(_ pause: Duration, _ records: [SourceRecord]) async -> [SourceRecord]? {
        // Whoever is cancelled gives back at once.
        try? await Task.sleep(for: pause)
        let isOver = Task.isCancelled
        guard !isOver, await sources.active(poller.id) != nil else {
            _ = await change(records, .hide(0)) { $0 == nil }
            return nil
        }
        return await keep(records, evenLate: false)
    }

    /// Hides messages for the queue's visibility timeout from now on; gives those that are still in hand, if there are any.
    ///
    /// One that was received first twelve hours ago cannot be hidden any longer: it is worked on if it is its turn now,
    /// and let go where it would wait on.
    private func keep(_ records: [SourceRecord], evenLate: Bool) async -> [SourceRecord]? {
        await change(records, .hide(max(1, batch.queue.settings.visibilityTimeout))) { outcome in
            if case .badValue = outcome { evenLate } else { outcome == nil }
        }
    }

    private func change(
        _ records: [SourceRecord], _ change: Queues.Change, keeping isKept: (QueueError?) -> Bool
    ) async -> [SourceRecord]? {
        do throws(QueueError) {
            let heads = records.filter { $0.following == nil }
            let outcomes = try await batch.change(heads, change, sources)
            let kept = Set(zip(heads, outcomes).filter { isKept($0.1) }.map(\.0.head))
            return records.filter { kept.contains($0.head) }
        } catch {
            sources.logger.warning(
                "Messages could not be kept in hand; they come again.",
                metadata: ["queue": "\(batch.queue.address.name)", "reason": "\(error)"])
            return nil
        }
    }
}

extension SourceRecord {
    /// Where a call with some messages stands: where the one does that is the deepest in its lineage.
    ///
    /// So whatever calls itself over queues gets deeper each time, whoever else sends to them.
    static func descent(of records: [SourceRecord]) -> Descent {
        records.map(\.message.descent).max { $0.depth < $1.depth } ?? Descent()
    }

    /// The records of other lineages; what follows in a group of which one goes waits for its turn.
    static func without(_ lineage: LineageID, _ records: [SourceRecord]) -> [SourceRecord] {
        let gone = Set(records.filter { $0.message.descent.lineage == lineage }.map(\.head))
        return records.filter { record in
            record.message.descent.lineage != lineage && (record.following == nil || !gone.contains(record.head))
        }
    }
}
