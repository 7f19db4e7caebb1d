/// What was read from the store a moment ago, and is taken as it was for a few seconds: as long may a change that another
/// server on the store has made stay unseen.
struct Trusted<Value: Sendable>: Sendable {
    let value: Value
    private let end: ContinuousClock.Instant

    /// It was read, or written, just now.
    init(_ value: Value, for span: Duration) {
        self.value = value
        end = .now + span
    }

    /// Whether it need not be read again.
    var holds: Bool { .now < end }
}
