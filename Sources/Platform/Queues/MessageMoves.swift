import Core
import FoundationEssentials
import Logging
import Storage

/// Moves messages out of dead-letter queues, at a bounded rate, one move of a queue at a time; goes on after a restart.
///
/// Each message goes in one commit, so none is lost or doubled. Records hold names and numbers only, in the clear.
package struct MessageMoves: Sendable {
    private static let kind = "queue-move"
    private static let limit = 10
    private static let pace = 500
    private static let worker = WorkerID("message moves")

    private let account: AccountID
    private let queues: Queues

    /// Moves messages between the queues of an account.
    package init(account: AccountID, queues: Queues) {
        self.account = account
        self.queues = queues
    }

    private var partition: Partition { Partition(account: account) }

    /// Begins a move.
    package func start(
        from source: QueueAddress, to destination: QueueAddress?, perSecond: Int?
    ) async throws(QueueError) -> MessageMove {
        let queue: Queue
        do throws(QueueError) { queue = try await queues.queue(source) } catch {
            throw error == .missing ? .noSuchSource : error
        }
        guard try await !queues.sources(of: source).isEmpty else {
            throw .badRequest("Source queue must be configured as a Dead Letter Queue.")
        }
        if let perSecond, !(1...Self.pace).contains(perSecond) {
            throw .badValue(
                String(perSecond), parameter: "MaxNumberOfMessagesPerSecond",
                reason: "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Must be between 1 and 500.")
        }
        if let destination {
            do throws(QueueError) { _ = try await queues.queue(destination) } catch {
                throw error == .missing ? .noSuchSource : error
            }
        }
        guard try await !list(of: source).contains(where: { $0.move.isActive }) else { throw .moveRunning }
        let depth = try await queues.depth(of: queue)
        let move = MessageMove(
            source: source, destination: destination, perSecond: perSecond,
            toMove: depth.waiting + depth.hidden + depth.delayed, at: try await queues.now())
        guard try await write(move, expect: .absent) else { throw .contended }
        return move
    }

    /// The last moves of a queue, the newest first.
    package func moves(of source: QueueAddress, limit: Int) async throws(QueueError) -> [MessageMove] {
        do throws(QueueError) { _ = try await queues.queue(source) } catch {
            throw error == .missing ? .noSuchSource : error
        }
        return try await list(of: source).map(\.move).reversed().prefix(limit).map(\.self)
    }

    /// Ends a move; says how many messages it has moved.
    package func cancel(_ id: String, of source: QueueAddress) async throws(QueueError) -> Int {
        guard let (found, version) = try await list(of: source).first(where: { $0.move.id == id }) else {
            throw .noSuchMove
        }
        var move = found
        guard move.status == .running else { throw .moveNotRunning }
        move.status = .cancelling
        guard try await write(move, expect: .version(version)) else { throw .contended }
        return move.moved
    }

    /// Moves messages until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            var begun: Set<String> = []
            while !Task.isCancelled {
                let hints = queues.store.wakeups([.records(partition, kind: Self.kind)])
                do {
                    let active = try await list(prefix: "").map(\.move).filter(\.isActive)
                    begun.formIntersection(active.map(\.id))
                    for move in active where begun.insert(move.id).inserted {
                        group.addTask { await carryOut(move) }
                    }
                } catch { queues.logger.warning("Moves cannot be read.", metadata: ["reason": "\(error)"]) }
                await Queues.wait(for: hints, until: .now + .seconds(30))
            }
        }
    }

    private func carryOut(_ begun: MessageMove) async {
        do {
            var counted = 0
            var reported = ContinuousClock.now
            while !Task.isCancelled {
                let batch = min(begun.perSecond ?? Self.pace, 50)
                let (claimed, moved) = try await step(begun, batch)
                counted += moved
                let isOver = claimed == 0
                if isOver || reported.duration(to: .now) > .seconds(1) {
                    reported = .now
                    guard try await report(begun, adding: counted, isOver: isOver) else { return }
                    counted = 0
                }
                try await Task.sleep(for: .seconds(Double(claimed) / Double(begun.perSecond ?? Self.pace)))
            }
        } catch is CancellationError {
            return
        } catch {
            queues.logger.error("Messages could not be moved.", metadata: ["reason": "\(error)"])
            await fail(begun, error)
        }
    }

    /// Moves a few messages; says how many it looked at, and how many of them went.
    private func step(_ move: MessageMove, _ count: Int) async throws -> (claimed: Int, moved: Int) {
        let source = try await queues.queue(move.source)
        let claimed = try await queues.store.claim(
            source.partition, source.items, max: count, lease: .seconds(30), worker: Self.worker)
        var moved = 0
        for item in claimed {
            let (message, content): (MessageItem, MessageContent)
            do {
                message = try MessageItem(item.body)
                content = try message.open(in: source)
            } catch {
                // One that cannot be read keeps nobody from the others, and stays where it is.
                queues.logger.error(
                    "A message cannot be read, and is not moved.",
                    metadata: ["queue": "\(source.address.name)", "item": "\(item.lease.item)"])
                continue
            }
            guard
                let address = move.destination
                    ?? content.source.flatMap({ QueueAddress(arn: $0, region: queues.region) })
            else { throw QueueError.badRequest("CouldNotDetermineMessageSource") }
            try await queues.pass(item, message, content, from: source, to: queues.queue(address))
            moved += 1
        }
        return (claimed.count, moved)
    }

    /// Writes down how far a move is; false where it is to end.
    private func report(_ begun: MessageMove, adding count: Int, isOver: Bool) async throws -> Bool {
        while let (found, version) = try await list(of: begun.source).first(where: { $0.move.id == begun.id }) {
            var move = found
            move.moved += count
            if move.status == .cancelling {
                move.status = .cancelled
            } else if isOver {
                move.status = .completed
            }
            if try await write(move, expect: .version(version)) { return move.status == .running }
        }
        return false
    }

    private func fail(_ begun: MessageMove, _ error: any Error) async {
        var move = begun
        move.status = .failed
        move.failure = if case .badRequest(let reason)? = error as? QueueError { reason } else { "InternalError" }
        // Where even this cannot be written the move goes on after the next start.
        _ = try? await write(move, expect: .any)
    }

    private func list(of source: QueueAddress) async throws(QueueError) -> [(move: MessageMove, version: Int64)] {
        try await list(prefix: "\(source.name)/")
    }

    private func list(prefix: String) async throws(QueueError) -> [(move: MessageMove, version: Int64)] {
        do {
            var found: [(move: MessageMove, version: Int64)] = []
            var cursor: Cursor?
            repeat {
                let page = try await queues.store.scan(
                    partition, .kind(Self.kind, prefix: prefix), after: cursor, limit: 1000)
                for record in page.records {
                    found.append(
                        (try JSONDecoder().decode(MessageMove.self, from: Data(record.value)), record.version))
                }
                cursor = page.next
            } while cursor != nil
            return found
        } catch { throw .storageFailed(StoreFault(error)) }
    }

    /// Writes a move, and forgets the oldest ones of its queue.
    private func write(_ move: MessageMove, expect: Expect) async throws(QueueError) -> Bool {
        var operations: [WriteOperation] = []
        if expect == .absent {
            let old = try await list(of: move.source).dropLast(Self.limit - 1)
            operations = old.map { .delete(Self.key($0.move)) }
        }
        do {
            let value = Array(try JSONEncoder().encode(move))
            operations.append(.put(Self.key(move), value: value, expect: expect))
            _ = try await queues.store.commit(partition, operations)
            return true
        } catch StoreError.conflict {
            return false
        } catch { throw .storageFailed(StoreFault(error)) }
    }

    private static func key(_ move: MessageMove) -> RecordKey {
        RecordKey(kind: kind, id: "\(move.source.name)/\(move.id)")
    }
}
