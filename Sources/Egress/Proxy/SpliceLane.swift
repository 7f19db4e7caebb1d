import Glibc

/// One direction of a splice: the bytes that go from one socket to the other, and how far they have come.
///
/// What is held when the receiver breaks is lost, as what lies in a sender's buffer is lost when a connection breaks: TCP never
/// tells who sends how much has arrived (RFC 9293 section 3.10.4), so nobody can rely on it, and a pipe holds less than such a buffer.
struct SpliceLane: Sendable {
    /// What came of a step.
    enum Step {
        case moved(Int)
        /// There is nothing to take, or nobody to take it, for now.
        case waits
        /// The sender has ended, and everything is passed on.
        case ended
        /// The sender has sent more than may pass.
        case tooMuch
        case broken
    }

    private let from: CInt
    private let to: CInt
    /// Bytes that may pass.
    private let limit: Int64
    /// Has one only while there is something in it.
    private var pipe: SplicePipe?
    private var held = 0
    private var isAtEnd = false
    private(set) var hasEnded = false
    /// All that was taken from the sender.
    private(set) var taken: Int64 = 0

    /// Leads from one socket to another.
    init(from: CInt, to: CInt, limit: Int64) {
        self.from = from
        self.to = to
        self.limit = limit
    }

    /// Takes what is there, and gives what is held; `mayTake` says whether more may be taken.
    mutating func step(mayTake: Bool, _ spare: inout SparePipes) -> Step {
        guard !hasEnded else { return .waits }
        var took = 0
        if held == 0, !isAtEnd {
            guard mayTake else { return .waits }
            // Where the process may have no more descriptors now, it may at the next look at the clock.
            guard let pipe = pipe ?? spare.take() else { return .waits }
            // One byte more than may pass shows that there are more.
            let most = max(0, limit - taken)
            took = pipe.take(from: from, upTo: most >= SplicePipe.size ? SplicePipe.size : Int(most) + 1)
            let isNothingThere = took < 0 && errno == EAGAIN
            guard took > 0 else {
                self.pipe = nil
                spare.keep(pipe)
                guard took == 0 else { return isNothingThere ? .waits : .broken }
                isAtEnd = true
                return end()
            }
            self.pipe = pipe
            held = took
            taken += Int64(took)
            if taken > limit { return .tooMuch }
        }
        while held > 0, let pipe {
            let gave = pipe.give(to: to, held)
            guard gave > 0 else {
                guard gave < 0, errno == EAGAIN else { return .broken }
                return took > 0 ? .moved(took) : .waits
            }
            held -= gave
        }
        if let pipe { spare.keep(pipe) }
        pipe = nil
        return isAtEnd ? end() : .moved(took)
    }

    private mutating func end() -> Step {
        hasEnded = true
        _ = shutdown(to, CInt(SHUT_WR))
        return .ended
    }

    /// Lets go of what is held.
    mutating func drop() {
        pipe?.close()
        pipe = nil
    }
}

/// Empty pipes of one thread, for whoever needs one next.
struct SparePipes {
    private static let limit = 16
    private let make: () -> SplicePipe?
    private var pipes: [SplicePipe] = []

    /// Makes them as the system allows; a test has its own way.
    init(make: @escaping () -> SplicePipe? = { SplicePipe() }) { self.make = make }

    /// An empty pipe; `nil` where the process may have no more descriptors.
    mutating func take() -> SplicePipe? { pipes.popLast() ?? make() }

    /// Takes an empty pipe back.
    mutating func keep(_ pipe: SplicePipe) {
        if pipes.count < Self.limit { pipes.append(pipe) } else { pipe.close() }
    }
}
