/// What waits for the writer: a batch or a claim, and who waits for the answer.
enum Work: Sendable {
    /// A batch.
    struct Commit: Sendable {
        let partition: Partition
        let operations: [WriteOperation]
        let id: CommitID?
    }

    /// A claim.
    struct Claim: Sendable {
        let partition: Partition
        let queue: QueueID
        let wanted: Wanted
        let lease: Duration
        let worker: WorkerID

        /// Which items.
        enum Wanted: Sendable {
            case due(max: Int)
            case item(ItemID)
        }
    }

    typealias Reply<Answer> = CheckedContinuation<Result<Answer, StoreError>, Never>

    case commit(Commit, bytes: Int, @Sendable (Result<[OperationResult], StoreError>) -> Void)
    case claim(Claim, Reply<[Claimed]>)

    /// How much memory it holds, roughly.
    var bytes: Int {
        switch self {
        case .commit(let commit, let bytes, _): 256 + 64 * commit.operations.count + bytes
        case .claim: 256
        }
    }

    /// Answers with an error.
    func refuse(_ error: StoreError) {
        switch self {
        case .commit(_, _, let answer): answer(.failure(error))
        case .claim(_, let reply): reply.resume(returning: .failure(error))
        }
    }
}
