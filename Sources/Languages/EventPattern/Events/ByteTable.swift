/// Numbers by an owner and a text: one table for all owners, so that it is few large pieces of memory.
struct ByteTable: Sendable {
    private struct Entry {
        let hash: UInt64
        let owner: Int32
        let start: Int32
        let count: Int32
        var value: Int32
    }

    private var entries: [Entry] = []
    private var texts: [UInt8] = []
    /// A power of two of them, at least twice as many as there are entries.
    private var slots = [Slot](repeating: Slot(), count: 16)

    /// Where an entry is, and as much of its hash as tells nearly all others from it without looking there.
    private struct Slot {
        /// From 1; 0 for none.
        var entry: Int32 = 0
        var mark: UInt32 = 0
    }

    /// The number stored for a text whose hash is known; -1 where there is none.
    @inline(__always)
    func find(_ owner: Int32, _ hash: UInt64, _ text: Span<UInt8>) -> Int32 {
        let place = search(owner, hash, text)
        return slots[place].entry == 0 ? -1 : entries[Int(slots[place].entry) - 1].value
    }

    /// Changes the number stored for a text; it begins as -1.
    mutating func update(_ owner: Int32, _ hash: UInt64, _ text: Span<UInt8>, _ change: (Int32) -> Int32) {
        let place = search(owner, hash, text)
        if slots[place].entry > 0 {
            let entry = Int(slots[place].entry) - 1
            entries[entry].value = change(entries[entry].value)
            return
        }
        let start = texts.count
        for place in text.indices { texts.append(text[place]) }
        entries.append(
            Entry(
                hash: Self.combined(owner, hash), owner: owner, start: Int32(start), count: Int32(text.count),
                value: change(-1)))
        slots[place] = Slot(entry: Int32(entries.count), mark: Self.mark(Self.combined(owner, hash)))
        if entries.count * 2 > slots.count { grow() }
    }

    @inline(__always)
    private static func combined(_ owner: Int32, _ hash: UInt64) -> UInt64 {
        ByteHash.mix(hash, UInt64(truncatingIfNeeded: owner))
    }

    @inline(__always)
    private func search(_ owner: Int32, _ hash: UInt64, _ text: Span<UInt8>) -> Int {
        let hash = Self.combined(owner, hash)
        let (slots, entries, texts) = (slots.span, entries.span, texts.span)
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        let wanted = Self.mark(hash)
        while slots[place].entry > 0 {
            if slots[place].mark == wanted {
                let entry = entries[Int(slots[place].entry) - 1]
                if entry.hash == hash, entry.owner == owner, Int(entry.count) == text.count,
                    text.equals(texts, from: Int(entry.start))
                {
                    break
                }
            }
            place = (place + 1) & mask
        }
        return place
    }

    @inline(__always)
    private static func mark(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

    private mutating func grow() {
        slots = [Slot](repeating: Slot(), count: slots.count * 2)
        let mask = slots.count - 1
        for (number, entry) in entries.enumerated() {
            var place = Int(truncatingIfNeeded: entry.hash) & mask
            while slots[place].entry > 0 { place = (place + 1) & mask }
            slots[place] = Slot(entry: Int32(number + 1), mark: Self.mark(entry.hash))
        }
    }
}
