import Core

/// What a state that holds other flows waits for.
struct Container: Sendable {
    /// Whether the flows are items of a map, or branches.
    let isMap: Bool
    /// The items of a map, in order; those from `next` on have not begun.
    let items: [JSON]
    var next = 0
    let concurrency: Int
    var results: [JSON?]
    /// The strands that run now.
    var running: Set<Int> = []
    var remaining: Int
    /// The event that the next iteration follows.
    var tail: Int

    init(isMap: Bool, items: [JSON], count: Int, concurrency: Int, tail: Int) {
        self.isMap = isMap
        self.items = items
        self.concurrency = concurrency
        results = Array(repeating: nil, count: count)
        remaining = count
        self.tail = tail
    }

    /// A strand has come to its end.
    mutating func finish(_ strand: Int, place: Int, _ output: JSON, after event: Int) {
        running.remove(strand)
        results[place] = output
        remaining -= 1
        tail = event
    }
}
