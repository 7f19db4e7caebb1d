/// A dictionary that forgets what was not used for long, so that it never holds more than twice its limit.
///
/// Two generations: when the young one is full it becomes the old one, and the old one is dropped.
struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let limit: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// Forgets when more than `limit` values are in use.
    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { young.count + old.count }

    /// The value, if it is not forgotten; a value that is used is kept.
    subscript(_ key: Key) -> Value? {
        mutating get {
            if let value = young[key] { return value }
            guard let value = old.removeValue(forKey: key) else { return nil }
            insert(value, for: key)
            return value
        }
        set {
            remove(key)
            if let newValue { insert(newValue, for: key) }
        }
    }

    /// Forgets a value now.
    mutating func remove(_ key: Key) {
        young[key] = nil
        old[key] = nil
    }

    /// Forgets the values of many keys now.
    mutating func removeAll(where matches: (Key) -> Bool) {
        young = young.filter { !matches($0.key) }
        old = old.filter { !matches($0.key) }
    }

    private mutating func insert(_ value: Value, for key: Key) {
        if young.count >= limit {
            old = young
            young = [:]
        }
        young[key] = value
    }
}
