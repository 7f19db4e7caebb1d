/// Which unpacked code is kept, and for how long.
///
/// Pure. What was called lately stays for a while; of what was deployed but not called yet a little waits for its first
/// call. Times are in milliseconds on a clock that only grows, sizes in bytes.
struct KeptCode<Key: Hashable, Code> {
    private struct Entry {
        let code: Code
        let size: Int
        var lastUse: Int
        /// Whether an instance was made of it; else it waits for the first call.
        var isUsed = false
    }

    /// Bytes that are kept in all, and how long without a use.
    static var bytes: Int { 1 << 30 }
    static var milliseconds: Int { 15 * 60 * 1000 }
    /// How many may wait for their first call, how many bytes of them, and the most of one.
    static var unusedCount: Int { 16 }
    static var unusedBytes: Int { 128 << 20 }
    static var unusedSize: Int { 32 << 20 }

    private var entries: [Key: Entry] = [:]

    /// Takes code that is not used yet.
    mutating func keep(_ code: Code, as key: Key, size: Int, now: Int) {
        entries[key] = Entry(code: code, size: size, lastUse: now)
    }

    /// The code that an instance is to be made of, if it is here.
    mutating func use(_ key: Key, now: Int) -> Code? {
        entries[key]?.lastUse = now
        entries[key]?.isUsed = true
        return entries[key]?.code
    }

    /// Whether code that nobody has called yet is worth keeping.
    func hasRoom(for key: Key, size: Int) -> Bool { entries[key] == nil && size <= Self.unusedSize }

    /// Drops what is gone.
    mutating func drop(where isGone: (Key) -> Bool) { entries = entries.filter { !isGone($0.key) } }

    /// Drops what has not been used for long, and the oldest beyond the bounds.
    mutating func expire(now: Int) {
        entries = entries.filter { now - $0.value.lastUse < Self.milliseconds }
        drop(to: Self.bytes, count: .max) { _ in true }
        drop(to: Self.unusedBytes, count: Self.unusedCount) { !$0.isUsed }
    }

    /// Drops the oldest of those that `isMeant` until they are within the bounds.
    private mutating func drop(to bytes: Int, count: Int, where isMeant: (Entry) -> Bool) {
        let meant = entries.filter { isMeant($0.value) }
        var total = meant.values.reduce(0) { $0 + $1.size }
        var left = meant.count
        guard total > bytes || left > count else { return }
        for (key, entry) in meant.sorted(by: { $0.value.lastUse < $1.value.lastUse })
        where total > bytes || left > count {
            entries[key] = nil
            total -= entry.size
            left -= 1
        }
    }
}
