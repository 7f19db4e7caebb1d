import Core
import EventPattern
import Logging
import NIOCore
import Storage

/// Takes messages of queues in batches, and calls the functions with them.
struct SourcePoller: Sendable {
    /// The longest time between two looks at a queue, should a hint get lost, and between two at an obstacle.
    static let longestWait = Duration.seconds(5)
    static let longestPause = Duration.seconds(8)

    let sources: EventSources
    let id: EventSourceID

    /// Works on batch after batch, until another task does so or the mapping is not in use any more.
    @concurrent
    func run() async {
        while true {
            guard let batch = await gather() else { return await sources.stopped(id) }
            await sources.took(id, cap: batch.cap)
            let end = await BatchWork(poller: self, batch: batch).run()
            guard await sources.finished(id, end, cap: batch.cap) else { return }
        }
    }

    /// Waits until there is a batch; `nil` when the mapping's messages are not to be taken any more.
    private func gather() async -> SourceBatch? {
        var pause = Duration.milliseconds(250)
        while !Task.isCancelled, let source = await sources.active(id) {
            let changes = sources.queues.store.wakeups([sources.records.topic])
            do throws(Obstacle) {
                var batch = try await prepare(source)
                await sources.clear(.obstacle, of: id)
                pause = .milliseconds(250)
                if try await fill(&batch) { return batch }
            } catch {
                if let problem = error.problem { await sources.note(problem, of: id) }
                await Queues.wait(for: changes, until: .now + pause)
                pause = min(pause * 2, error.isShort ? .seconds(1) : Self.longestPause)
            }
        }
        return nil
    }

    /// Finds out whether the function could be called now, before a message is touched.
    private func prepare(_ source: EventSource) async throws(Obstacle) -> SourceBatch {
        let batch: SourceBatch
        do throws(EventSourceError) {
            let target = try await sources.target(of: source)
            let queue: Queue
            do throws(QueueError) { queue = try await sources.queues.queue(source.queue) } catch {
                throw error == .missing ? .queueMissing : .storageFailed(StoreFault(error))
            }
            let principal = try await sources.principal(of: target)
            for use in EventSources.Use.allCases where try await !sources.mayUse(queue, principal, use) {
                throw EventSourceError.notAllowed(operation: use.rawValue)
            }
            batch = SourceBatch(
                source: source, queue: queue, target: target, principal: principal, filter: try source.settings.filter()
            )
        } catch { throw Obstacle(error) }
        if let reason = await sources.surroundings.obstacle(batch.target) { throw .room(reason) }
        return batch
    }

    /// Takes messages until the batch is as full as it may be; false where the mapping may have changed before there was one.
    private func fill(_ batch: inout SourceBatch) async throws(Obstacle) -> Bool {
        let settings = batch.source.settings
        let store = sources.queues.store
        var end: ContinuousClock.Instant?
        while !Task.isCancelled {
            let hints = store.wakeups([batch.queue.topic(), sources.records.topic])
            let room = settings.batchSize - batch.records.count
            let found = try await take(room, of: batch)
            batch.records += found ?? []
            if batch.queue.isFIFO { try await follow(found ?? [], into: &batch) }
            if !batch.records.isEmpty, end == nil { end = .now + .seconds(settings.windowSeconds) }
            let isFull =
                batch.records.count >= settings.batchSize || SourceRecord.size(batch.records) >= SourceRecord.eventLimit
            if let end, isFull || end <= .now { return true }
            guard found == nil else { continue }
            if batch.records.isEmpty { await sources.foundNothing(id) }
            let latest = min(end ?? .now + Self.longestWait, .now + Self.longestWait)
            do throws(QueueError) {
                await Queues.wait(for: hints, until: try await sources.queues.nextLook(at: batch.queue, before: latest))
            } catch { throw .store("\(error)") }
            // Where the mapping has changed, what was gathered by its old settings goes on now.
            guard !batch.records.isEmpty, await sources.active(id) == batch.source else { break }
        }
        return !batch.records.isEmpty
    }

    /// Adds what lies behind messages of a FIFO queue in their groups, as far as there is room in one call.
    private func follow(_ heads: [SourceRecord], into batch: inout SourceBatch) async throws(Obstacle) {
        for head in heads {
            let room = batch.source.settings.batchSize - batch.records.count
            guard room > 0 else { return }
            do throws(QueueError) {
                let found = try await sources.queues.followers(of: head.message, count: room, in: batch.queue)
                add(found, behind: head, to: &batch)
            } catch { throw .store("\(error)") }
        }
    }

    /// Adds them up to the first that is not to go on to the function: that is looked at when it is the first of its group.
    private func add(_ followers: [FollowingMessage], behind head: SourceRecord, to batch: inout SourceBatch) {
        let arn = batch.queue.address.arn(in: sources.region).description
        for one in followers {
            let record = SourceRecord(
                one.message, following: SourceRecord.Following(item: one.item, head: head.message.id), queue: arn,
                region: sources.region)
            // What cannot be read as an event matches nothing.
            let isWanted = (try? batch.filter.accepts(record.fields, payload: Array(one.message.body.utf8))) ?? false
            let isLoop = batch.target.endsLoops && one.message.descent.visits(of: batch.target.key) >= LoopEnd.limit
            let fits = SourceRecord.size(batch.records + [record]) < SourceRecord.eventLimit
            guard isWanted, !isLoop, fits else { return }
            batch.records.append(record)
        }
    }

    /// Takes some messages, `nil` where there are none; what the function does not want is deleted at once.
    private func take(_ count: Int, of batch: SourceBatch) async throws(Obstacle) -> [SourceRecord]? {
        let arn = batch.queue.address.arn(in: sources.region).description
        if let reason = sources.surroundings.stop(batch.queue.address) {
            // What is in hand already goes on.
            guard batch.records.isEmpty else { return nil }
            throw .room(reason)
        }
        let messages: [ReceivedMessage]
        do throws(QueueError) {
            messages = try await sources.queues.receive(
                count, from: batch.queue.address, hiding: batch.hiding, waiting: 0)
        } catch { throw error == .missing ? Obstacle(.queueMissing) : .store("\(error)") }
        guard !messages.isEmpty else { return nil }
        var wanted: [SourceRecord] = []
        var unwanted: [SourceRecord] = []
        for message in messages {
            if let loop = try await end(message, batch) {
                await sources.note(SourceProblem(.failure, loop.message), of: id)
                await sources.surroundings.loopEnded(loop)
                continue
            }
            let record = SourceRecord(message, queue: arn, region: sources.region)
            // What cannot be read as an event matches nothing.
            let isWanted = (try? batch.filter.accepts(record.fields, payload: Array(message.body.utf8))) ?? false
            if isWanted { wanted.append(record) } else { unwanted.append(record) }
        }
        await batch.delete(unwanted, sources)
        return wanted
    }

    /// Takes a message out that has come from its function so often that the function calls itself; `nil` for all others.
    private func end(_ message: ReceivedMessage, _ batch: SourceBatch) async throws(Obstacle) -> LoopEnd? {
        let function = batch.target.key
        guard batch.target.endsLoops, message.descent.visits(of: function) >= LoopEnd.limit else { return nil }
        do throws(QueueError) {
            let isKept = try await sources.queues.setAside(message, of: batch.queue)
            return LoopEnd(
                function: function, queue: batch.queue.address, descent: message.descent, isKept: isKept)
        } catch { throw .store("\(error)") }
    }
}
