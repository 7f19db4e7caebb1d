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
    /// Places in `entries`, from 1; a power of two of them, at least twice as many as there are entries.
    private var slots = [Int32](repeating: 0, count: 16)

    /// The number stored for a text whose hash is known; -1 where there is none.
    @inline(__always)
    func find(_ owner: Int32, _ hash: UInt64, _ text: Span<UInt8>) -> Int32 {
        let place = search(owner, hash, text)
        return slots[place] == 0 ? -1 : entries[Int(slots[place]) - 1].value
    }

    /// Changes the number stored for a text; it begins as -1.
    mutating func update(_ owner: Int32, _ hash: UInt64, _ text: Span<UInt8>, _ change: (Int32) -> Int32) {
        let place = search(owner, hash, text)
        if slots[place] > 0 {
            let entry = Int(slots[place]) - 1
            entries[entry].value = change(entries[entry].value)
            return
        }
        let start = texts.count
        for place in text.indices { texts.append(text[place]) }
        entries.append(
            Entry(
                hash: Self.combined(owner, hash), owner: owner, start: Int32(start), count: Int32(text.count),
                value: change(-1)))
        slots[place] = Int32(entries.count)
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
        while slots[place] > 0 {
            let entry = entries[Int(slots[place]) - 1]
            if entry.hash == hash, entry.owner == owner, Int(entry.count) == text.count,
                text.equals(texts, from: Int(entry.start))
            {
                break
            }
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (number, entry) in entries.enumerated() {
            var place = Int(truncatingIfNeeded: entry.hash) & mask
            while slots[place] > 0 { place = (place + 1) & mask }
            slots[place] = Int32(number + 1)
        }
    }
}
