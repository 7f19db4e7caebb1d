/// Where a row lies; a row that lost its place is known by its turn.
struct ActivityPlace: Hashable, Sendable {
    let slot: Int32
    let turn: UInt32

    /// The row of all that have none of their own.
    static let others = ActivityPlace(slot: -1, turn: 0)
}

/// The rows of one dimension: those that are busy have a row of their own, the rest share one.
///
/// Bounded. A new key takes the place of one with nothing in flight that was not seen for a while: a hand goes round,
/// takes a chance from each row it passes, and stops at one that has none left. It looks at four rows at most, so that
/// a flood of new keys costs no more than any others, and rows that are used keep their places.
struct ActivityTable<Key: Hashable & Sendable>: Sendable {
    private struct Row: Sendable {
        var key: Key
        var turn: UInt32 = 0
        var chances: UInt8 = 1
        var activity = CallActivity()
    }

    private static var mostChances: UInt8 { 8 }
    private static var looks: Int { 4 }

    private let capacity: Int
    private var slots: [Key: Int32] = [:]
    private var rows: [Row] = []
    private var others = CallActivity()
    private var hand = 0

    init(capacity: Int) {
        self.capacity = capacity
        slots.reserveCapacity(capacity)
        rows.reserveCapacity(capacity)
    }

    /// Counts a call in; its end is told to the same place.
    mutating func began(_ key: Key, at now: GovernorTime) -> ActivityPlace {
        let place = place(for: key, at: now)
        if place == .others {
            others.began(at: now)
        } else {
            rows[Int(place.slot)].activity.began(at: now)
        }
        return place
    }

    mutating func ended(_ place: ActivityPlace, _ end: CallEnd, after nanoseconds: UInt64, at now: GovernorTime) {
        // A row with a call in flight keeps its place, so the turn is right unless somebody ends a call twice.
        if place.slot >= 0, rows[Int(place.slot)].turn == place.turn {
            rows[Int(place.slot)].activity.ended(end, after: nanoseconds, at: now)
        } else {
            others.ended(end, after: nanoseconds, at: now)
        }
    }

    mutating func refused(_ key: Key, at now: GovernorTime) {
        let place = place(for: key, at: now)
        if place == .others {
            others.refused(at: now)
        } else {
            rows[Int(place.slot)].activity.refused(at: now)
        }
    }

    /// Whether a key has a row of its own.
    func has(_ key: Key) -> Bool { slots[key] != nil }

    /// Calls of a key that are in flight, if it has a row of its own.
    func inFlight(_ key: Key) -> Int { slots[key].map { rows[Int($0)].activity.inFlight } ?? 0 }

    /// The busiest rows, and what all others do together.
    func figures(top count: Int, at now: GovernorTime) -> (
        rows: [(key: Key, figures: CallFigures)], others: CallFigures
    ) {
        let all = rows.map { (key: $0.key, figures: $0.activity.figures(at: now), activity: $0.activity) }
            .sorted { ($0.figures.calls, $0.figures.inFlight) > ($1.figures.calls, $1.figures.inFlight) }
        var rest = others
        for row in all.dropFirst(count) { rest.absorb(row.activity, at: now) }
        return (all.prefix(count).map { ($0.key, $0.figures) }, rest.figures(at: now))
    }

    private mutating func place(for key: Key, at now: GovernorTime) -> ActivityPlace {
        if let slot = slots[key] {
            if rows[Int(slot)].chances < Self.mostChances { rows[Int(slot)].chances += 1 }
            return ActivityPlace(slot: slot, turn: rows[Int(slot)].turn)
        }
        guard rows.count >= capacity else {
            let slot = Int32(rows.count)
            rows.append(Row(key: key))
            slots[key] = slot
            return ActivityPlace(slot: slot, turn: 0)
        }
        for _ in 0..<Self.looks {
            hand = hand + 1 == capacity ? 0 : hand + 1
            guard rows[hand].activity.inFlight == 0 else { continue }
            guard rows[hand].chances == 0 else {
                rows[hand].chances -= 1
                continue
            }
            others.absorb(rows[hand].activity, at: now)
            slots[rows[hand].key] = nil
            slots[key] = Int32(hand)
            rows[hand] = Row(key: key, turn: rows[hand].turn &+ 1)
            return ActivityPlace(slot: Int32(hand), turn: rows[hand].turn)
        }
        return .others
    }
}
