import Core
import Logging
import Storage
import Synchronization
import Vault

/// Takes parcels to their targets.
///
/// At once where a commit does it, again and again where a target cannot be had now, and to a dead-letter queue where it
/// never will be: no parcel that was taken is lost. Every target has a queue of its own for what waits, so that a slow one keeps nobody else waiting.
package final class Deliveries: Sendable {
    /// What is to be written so that a parcel is on its way, in whatever commit its sender makes.
    package struct Prepared: Sendable {
        package let operations: [WriteOperation]
        /// To be called after the commit.
        package let committed: @Sendable () -> Void

        /// Puts what another parcel needs beside it.
        static func += (left: inout Prepared, right: Prepared) {
            let (before, after) = (left.committed, right.committed)
            left = Prepared(operations: left.operations + right.operations) {
                before()
                after()
            }
        }
    }

    /// The queues of parcels that wait begin with this.
    static let queues = "deliveries"
    /// Parcels of one target to begin with, of one that is slow, and of all, in work at one time: many slow targets leave
    /// room for the others.
    private static let laneLimit = 16
    private static let laneMost = 32
    private static let totalLimit = 1024
    private static let firstDelay = Duration.seconds(1)
    private static let lastDelay = Duration.seconds(600)

    let partition: Partition
    let store: any Store
    let logger: Logger
    let board = LaneBoard(EventLanes(laneLimit: laneLimit, laneMost: laneMost, totalLimit: totalLimit))
    private let keys: Keys
    private let gate: CallGate?
    private let routes = Mutex<[String: any DeliveryRoute]>([:])
    private let report: @Sendable (DeliveryReport) -> Void
    private let happenings: PlatformEvents?

    /// Takes the parcels of an account; `gate` is asked about what goes to queues, topics and buses, `report` hears what
    /// became of each, and the default bus of dead letters.
    package init(
        account: AccountID, store: any Store, keys: Keys, logger: Logger, gate: CallGate? = nil,
        happenings: PlatformEvents? = nil,
        report: @escaping @Sendable (DeliveryReport) -> Void = { _ in }
    ) {
        partition = Partition(account: account)
        self.store = store
        self.keys = keys
        self.logger = logger
        self.gate = gate
        self.report = report
        self.happenings = happenings
    }

    /// Takes parcels to targets of a service from now on, as ARNs name it: `sqs`.
    package func add(_ route: any DeliveryRoute, for service: String) { routes.withLock { $0[service] = route } }

    /// Whether anything can be delivered to an ARN.
    package func serves(_ target: ARN) -> Bool { routes.withLock { $0[target.service] != nil } }

    /// What is to be written so that a parcel is delivered with this commit, or later, or lies where its owner sees it.
    package func prepare(_ parcel: Parcel) async throws -> Prepared {
        switch await way(of: parcel) {
        case .operations(let operations, let committed):
            return Prepared(operations: operations) { [self] in
                committed()
                tell(parcel, .delivered, attempts: 1)
            }
        case .errand: return try await postponed(parcel, after: .zero)
        case .refused(let refusal) where refusal.isPassing && (parcel.retry.attempts > 0 || !refusal.isAttempt):
            return try await postponed(parcel, after: Self.firstDelay, refusal)
        case .refused(let refusal):
            return try await burial(
                of: parcel, refusal, attempts: 1, exhausted: refusal.isPassing ? "MaximumRetryAttempts" : nil)
        }
    }

    /// What is to be written so that a parcel is tried later, also where it could be delivered now: one operation.
    ///
    /// Nothing comes of it where another with the same deduplication text waited for the target within five minutes.
    package func postponed(
        _ parcel: Parcel, after delay: Duration, _ refusal: DeliveryRefusal? = nil, deduplication: String? = nil
    ) async throws -> Prepared {
        let queue = Self.queue(of: parcel.line ?? parcel.target)
        let body = try ParcelItem(parcel, refusal: refusal).bytes(sealedWith: try await key())
        let due = Instant.now.advanced(milliseconds: delay.milliseconds)
        let operation = WriteOperation.enqueue(
            queue, body: body, delay: delay, group: parcel.group, deduplication: deduplication)
        return Prepared(operations: [operation]) { [self] in
            board.change { $0.arrived(queue, at: due, now: $1) }
            if let refusal { tell(parcel, .postponed(refusal), attempts: 1) }
        }
    }

    /// Sends parcels in one commit with what else is to be written; one full queue does not keep the rest from its way.
    @discardableResult
    package func send(
        _ parcels: [Parcel], with operations: [WriteOperation] = []
    ) async throws -> [OperationResult] {
        var prepared: [Prepared] = []
        for parcel in parcels { prepared.append(try await prepare(parcel)) }
        do {
            let results = try await store.commit(partition, operations + prepared.flatMap(\.operations))
            for parcel in prepared { parcel.committed() }
            return results
        } catch StoreError.queueFull {
            prepared = []
            for parcel in parcels { prepared.append(try await postponed(parcel, after: Self.firstDelay, .full)) }
            let results = try await store.commit(partition, operations + prepared.flatMap(\.operations))
            for parcel in prepared { parcel.committed() }
            return results
        }
    }

    /// How a parcel gets to its target; what cannot be known now may be known later.
    func way(of parcel: Parcel) async -> Delivery {
        // A text that is no ARN names no target.
        guard let arn = try? ARN(parcel.target), let route = routes.withLock({ $0[arn.service] }) else {
            return .refused(.final("TARGET_NOT_SERVED", "Nothing is delivered to \(parcel.target)."))
        }
        if let call = GovernedCall(deliveryTo: arn, descent: parcel.descent), let refusal = gate?.stop(of: call) {
            return .refused(.waiting("\(refusal.code): \(refusal.message)"))
        }
        do { return try await route.delivery(of: parcel) } catch {
            logger.warning(
                "A target could not be looked at.", metadata: ["target": "\(parcel.target)", "reason": "\(error)"])
            return .refused(.passing("INTERNAL_ERROR", "The target could not be looked at."))
        }
    }

    /// What is to be written so that a parcel that will not be delivered lies in its queue for such, or in the
    /// platform's own dead letters; `exhausted` names the bound that it has reached, if it was that.
    func burial(
        of parcel: Parcel, _ refusal: DeliveryRefusal, attempts: Int, exhausted: String? = nil
    ) async throws -> Prepared {
        var burial = try await grave(of: parcel, refusal, attempts: attempts, exhausted: exhausted)
        for notice in parcel.notices(of: refusal) { burial += try await prepare(notice) }
        return burial
    }

    private func grave(
        of parcel: Parcel, _ refusal: DeliveryRefusal, attempts: Int, exhausted: String?
    ) async throws -> Prepared {
        if let queue = parcel.deadLetters {
            let letter = queue.letter(parcel, refusal, attempts: attempts, exhausted: exhausted)
            if case .operations(let operations, let committed) = await way(ofLetter: letter) {
                var buried = Prepared(operations: operations) { [self] in
                    committed()
                    tell(parcel, .buried(refusal, queue: queue.arn), attempts: attempts)
                }
                buried += await news(of: parcel, refusal, attempts: attempts, queue: queue.arn)
                return buried
            }
        }
        let item = ParcelItem(parcel, refusal: refusal, attempts: attempts)
        let body = try item.bytes(sealedWith: try await key())
        var buried = Prepared(operations: [.enqueue(EventInvocations.deadLetters, body: body)]) { [self] in
            logger.warning(
                "A delivery went to the dead letters.",
                metadata: [
                    "target": "\(parcel.target)", "sender": "\(parcel.sender.source)", "code": "\(refusal.code)",
                    "reason": "\(refusal.reason)", "lineage": "\(parcel.descent.lineage)",
                ])
            tell(parcel, .buried(refusal, queue: nil), attempts: attempts)
        }
        buried += await news(of: parcel, refusal, attempts: attempts, queue: nil)
        return buried
    }

    /// A rule's letters need the queue's own policy, as on AWS, where the role is for the target; it may serve for both.
    private func way(ofLetter letter: Parcel) async -> Delivery {
        guard letter.sender.service == EventBuses.service, letter.sender.role != nil else {
            return await way(of: letter)
        }
        let way = await way(of: letter.withoutRole)
        if case .operations = way { return way }
        return await self.way(of: letter)
    }

    /// The event of a dead letter, which is written with it.
    private func news(
        of parcel: Parcel, _ refusal: DeliveryRefusal, attempts: Int, queue: String?
    ) async -> Prepared {
        await happenings?.prepared(.deadLetter(parcel, refusal, attempts: attempts, queue: queue)) ?? .nothing
    }

    func tell(_ parcel: Parcel, _ outcome: DeliveryReport.Outcome, attempts: Int) {
        // What was delivered had the ARN of a target.
        if let gate, outcome == .delivered, let arn = try? ARN(parcel.target),
            let call = GovernedCall(deliveryTo: arn, descent: parcel.descent)
        {
            gate.passed(call)
        }
        report(DeliveryReport(parcel: parcel, outcome: outcome, attempts: attempts, at: .now))
    }

    /// Opens what lies in a queue of the store.
    func open(_ bytes: [UInt8]) async throws -> ParcelItem {
        try open(bytes, with: try await key())
    }

    func open(_ bytes: [UInt8], with key: SealingKey) throws -> ParcelItem {
        try ParcelItem(bytes, account: partition.account, key: key)
    }

    func key() async throws -> SealingKey {
        try await keys.key(for: ParcelItem.resource, in: partition.account)
    }

    /// How long a parcel waits after so many attempts, as far as it says so itself.
    static func delay(of parcel: Parcel, after attempts: Int) -> Duration {
        guard let delays = parcel.retry.delays, delays.indices.contains(attempts - 1) else {
            return delay(after: attempts)
        }
        return .seconds(delays[attempts - 1])
    }

    /// How long a parcel waits after so many attempts.
    static func delay(after attempts: Int) -> Duration {
        min(firstDelay * (1 << min(max(0, attempts - 1), 16)), lastDelay)
    }

    /// How long a parcel waits that was kept from its target: a tenth of its age, so that a long stop costs little.
    static func delay(ofWaitingSince created: Instant, at now: Instant) -> Duration {
        min(max(firstDelay, .milliseconds((now.milliseconds - created.milliseconds) / 10)), lastDelay)
    }

    /// The queue of what waits in a line: a target's own, or one of many targets.
    static func queue(of line: String) -> QueueID {
        QueueID("\(queues)/\(SHA256Digest.hex(of: Array(line.utf8)).prefix(32))")
    }
}

extension DeliveryRefusal {
    /// What a full queue says.
    static let full = DeliveryRefusal.passing("THROTTLING", "The target's queue holds all it may.")
}

extension Parcel.DeadLetterQueue {
    /// The message that lies there in place of a parcel that was not delivered.
    func letter(_ parcel: Parcel, _ refusal: DeliveryRefusal, attempts: Int, exhausted: String?) -> Parcel {
        var letter = Parcel(
            account: parcel.account, target: arn, sender: parcel.sender, descent: parcel.descent,
            trace: parcel.trace.child(), payload: parcel.payload)
        var facts = facts
        if tellsWhy {
            facts["ERROR_CODE"] = refusal.code
            facts["ERROR_MESSAGE"] = refusal.reason
            facts["RETRY_ATTEMPTS"] = String(max(0, attempts - 1))
            facts["EXHAUSTED_RETRY_CONDITION"] = exhausted
        }
        letter.attributes =
            facts.isEmpty
            ? parcel.attributes
            : facts.sorted { $0.key < $1.key }.prefix(MessageAttribute.limit)
                .map { MessageAttribute(name: $0.key, type: "String", value: .text($0.value)) }
        if arn.hasSuffix(".fifo") {
            letter.group = parcel.group ?? parcel.id.description
            letter.deduplication = parcel.deduplication ?? parcel.id.description
        }
        return letter
    }
}
