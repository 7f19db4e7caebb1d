/// How many batches of one mapping are in work, and who takes the next one.
///
/// Pure. One task at a time gathers; when it has a batch another one gathers in its place, as long as there is room. So
/// an idle queue costs one waiting task. Room grows by one with each batch that ends well while others wait, up to what
/// the mapping and the function may have, and shrinks when calls find no room or nothing waits.
///
/// Source: AWS Lambda developer guide, "Configuring scaling behavior for SQS event source mappings": it begins with five
/// batches at a time.
struct PollingState: Sendable {
    /// How one batch ended.
    enum End: Equatable, Sendable {
        case done
        /// The call found no room at least once.
        case throttled
    }

    /// Batches at a time to begin with, and at most of one mapping.
    static let first = 5
    static let most = 1000

    private(set) var limit = first
    private(set) var working = 0
    private(set) var isGathering = false

    var isIdle: Bool { working == 0 && !isGathering }

    /// Whether whoever asks is to gather from now on; somebody else does already where it is false.
    mutating func begin() -> Bool {
        guard !isGathering else { return false }
        isGathering = true
        return true
    }

    /// Who gathers has found nothing for now.
    mutating func foundNothing() { limit = max(min(limit, Self.first), limit / 2) }

    /// Who gathers has a batch; gives whether another one is to gather.
    mutating func took(cap: Int) -> Bool {
        working += 1
        isGathering = working < min(limit, cap)
        return isGathering
    }

    /// A batch has ended; gives whether who had it gathers the next one.
    mutating func finished(_ end: End, cap: Int) -> Bool {
        working -= 1
        switch end {
        case .throttled: limit = max(1, limit / 2)
        // Nobody gathers only where all room was in use.
        case .done where !isGathering: limit = min(limit + 1, Self.most)
        case .done: break
        }
        guard !isGathering, working < max(1, min(limit, cap)) else { return false }
        isGathering = true
        return true
    }

    /// Who gathered does no more.
    mutating func stopped() { isGathering = false }
}
