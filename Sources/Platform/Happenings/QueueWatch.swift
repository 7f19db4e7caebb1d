import Core

/// When a queue holds too much, or too old messages: what its tags say, or what holds for all.
struct QueueBounds: Hashable, Sendable {
    static let waitingTag = "martlet:alert-waiting"
    static let ageTag = "martlet:alert-seconds"

    var waiting = 10_000
    /// In seconds.
    var age = 900

    /// Reads tags; what is no number above 0 says nothing.
    init(tags: [String: String] = [:]) {
        if let said = tags[Self.waitingTag].flatMap({ Int($0) }), said > 0 { waiting = said }
        if let said = tags[Self.ageTag].flatMap({ Int($0) }), said > 0 { age = said }
    }
}

/// Which queues grow, and which have recovered: told once, again whenever what waits has doubled, and when half of both
/// bounds is reached.
///
/// Pure and bounded. A server that was started anew tells again.
struct QueueWatch: Sendable {
    private static let limit = 10_000

    /// How much waited in each that grows, when that was told last.
    private var growing: [String: Int] = [:]

    /// Whether a queue is growing or has recovered since it was last told; `nil` where there is nothing to tell.
    mutating func look(at queue: String, waiting: Int, age: Int, _ bounds: QueueBounds) -> Bool? {
        if waiting > bounds.waiting || age > bounds.age {
            let told = growing[queue]
            guard told != nil || growing.count < Self.limit else { return nil }
            if let told, waiting < max(2 * told, bounds.waiting) { return nil }
            growing[queue] = waiting
            return true
        }
        guard growing[queue] != nil, waiting <= bounds.waiting / 2, age <= bounds.age / 2 else { return nil }
        growing[queue] = nil
        return false
    }

    /// Queues that are growing, of which an empty one has to be looked at too.
    var known: Set<String> { Set(growing.keys) }

    /// It is gone.
    mutating func forget(_ queue: String) { growing[queue] = nil }
}
