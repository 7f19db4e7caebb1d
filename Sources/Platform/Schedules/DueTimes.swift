import Core

/// When each schedule fires next, the first on top.
///
/// Pure. A heap of times beside a dictionary that says which of them still hold; what does not is skipped when it comes up.
struct DueTimes: Sendable {
    /// A schedule's next time, and the version of the record that says so.
    struct Entry: Hashable, Sendable {
        let id: ScheduleID
        let time: FireTime
        let version: Int64
        /// When it is to be looked at: at its time, or later after a failure.
        var due: Instant

        init(id: ScheduleID, time: FireTime, version: Int64, due: Instant? = nil) {
            self.id = id
            self.time = time
            self.version = version
            self.due = due ?? time.call
        }
    }

    private var heap: [Entry] = []
    private var current: [ScheduleID: Entry] = [:]

    /// How many schedules are waiting.
    var count: Int { current.count }

    /// How many entries are kept, those included that hold no more.
    var size: Int { heap.count }

    /// The next time at which there is something to do; at worst that of an entry which holds no more.
    var next: Instant? { heap.first?.due }

    /// A schedule fires at this time now, and at no other.
    mutating func set(_ entry: Entry) {
        guard current[entry.id] != entry else { return }
        current[entry.id] = entry
        heap.append(entry)
        rise(from: heap.count - 1)
        // Entries that hold no more never outnumber the others for long.
        if heap.count > 2 * current.count + 64 { rebuild() }
    }

    /// A schedule fires no more.
    mutating func remove(_ id: ScheduleID) { current[id] = nil }

    /// Takes out what is due, the first first.
    mutating func take(through now: Instant, limit: Int) -> [Entry] {
        var taken: [Entry] = []
        while taken.count < limit, let first = heap.first, first.due <= now {
            pop()
            guard current[first.id] == first else { continue }
            current[first.id] = nil
            taken.append(first)
        }
        return taken
    }

    private mutating func rebuild() {
        heap = Array(current.values)
        for place in stride(from: heap.count / 2, through: 0, by: -1) where place < heap.count { sink(from: place) }
    }

    private mutating func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink(from: 0)
    }

    private mutating func rise(from place: Int) {
        var place = place
        while place > 0, heap[place].due < heap[(place - 1) / 2].due {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink(from place: Int) {
        var place = place
        while true {
            let children = [2 * place + 1, 2 * place + 2].filter { $0 < heap.count }
            guard let least = children.min(by: { heap[$0].due < heap[$1].due }), heap[least].due < heap[place].due
            else { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}
