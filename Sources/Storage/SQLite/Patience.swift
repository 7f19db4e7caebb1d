/// How long the writer waits for the callers it has just answered, so that they share the next commit.
///
/// Callers that come back at once would else split into two halves that take turns: the second half of one group is always
/// too late for the next. The wait is a part of what a commit takes, at most half of it; it grows while it pays and shrinks
/// while it does not, so callers who come at random are hardly ever kept waiting. A wait shorter than a timer is late is not
/// made at all. Pure.
struct Patience: Equatable {
    private static let most = 0.5
    private static let start = 0.25
    private static let least = 1.0 / 64
    /// Linux lets timers be late by so much (`timerslack_ns`), and to fall asleep and wake up takes its time too.
    private static let shortest = Duration.microseconds(50)
    /// How often the shortest wait may be in vain before a longer one is tried again.
    private static let probe = 64

    /// The part of a commit's time that is waited now.
    private(set) var part = start
    private var vain = 0

    /// How many must wait before the wait ends early, and how long it is at most.
    ///
    /// `nil` where it would be too short, which counts as one in vain.
    mutating func wait(answered: Int, waiting: Int, commit: Duration) -> (count: Int, time: Duration)? {
        let time = commit * part
        guard time >= Self.shortest else {
            ended(allCame: false)
            return nil
        }
        return (answered + waiting, time)
    }

    /// Learns whether all came in time.
    mutating func ended(allCame: Bool) {
        if allCame {
            part = min(Self.most, part * 2)
            vain = 0
            return
        }
        part = max(Self.least, part / 2)
        vain += 1
        if vain == Self.probe { (part, vain) = (Self.start, 0) }
    }
}
