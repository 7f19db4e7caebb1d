/// Numbers by two others.
struct PairTable: Sendable {
    private struct Entry {
        var first: UInt64 = 0
        var second: UInt64 = 0
        /// -1 where the entry is empty.
        var value: Int32 = -1
    }

    /// A power of two of them, at least twice as many as are in use.
    private var entries = [Entry](repeating: Entry(), count: 16)
    private var count = 0
    private let seed = UInt64.random(in: .min ... .max)

    /// The number stored; -1 where there is none.
    @inline(__always)
    func find(_ first: UInt64, _ second: UInt64) -> Int32 {
        let entries = entries.span
        let mask = entries.count - 1
        var place = Int(truncatingIfNeeded: hash(first, second)) & mask
        while true {
            let entry = entries[place]
            if entry.value < 0 || (entry.first == first && entry.second == second) { return entry.value }
            place = (place + 1) & mask
        }
    }

    /// Stores a number that is not negative.
    mutating func set(_ first: UInt64, _ second: UInt64, to value: Int32) {
        let place = freePlace(first, second)
        if entries[place].value < 0 { count += 1 }
        entries[place] = Entry(first: first, second: second, value: value)
        if count * 2 > entries.count { grow() }
    }

    @inline(__always)
    private func hash(_ first: UInt64, _ second: UInt64) -> UInt64 { ByteHash.mix(first ^ seed, second) }

    private func freePlace(_ first: UInt64, _ second: UInt64) -> Int {
        let mask = entries.count - 1
        var place = Int(truncatingIfNeeded: hash(first, second)) & mask
        while entries[place].value >= 0, entries[place].first != first || entries[place].second != second {
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func grow() {
        let old = entries
        entries = [Entry](repeating: Entry(), count: old.count * 2)
        for entry in old where entry.value >= 0 { entries[freePlace(entry.first, entry.second)] = entry }
    }
}
