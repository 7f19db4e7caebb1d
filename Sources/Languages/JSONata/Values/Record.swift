import Core

/// An object: keys in order, each once, with their values.
///
/// Nothing changes one once it is made, except a transformation the copies that only it has.
final class Record {
    private(set) var keys: [String]
    private(set) var values: [Value]
    private(set) var shape: Shape
    private var index: [ExactKey: Int] = [:]
    /// Which transformation may change it; 0 is none.
    let owner: Int

    /// Under which name a row of bindings holds the value itself: no variable can have it.
    static let rowValue = "@"

    /// Small objects are searched; an index pays only for larger ones.
    private static let indexedFrom = 12

    /// To be made through `Meter`, which bounds size and nesting; the keys differ.
    init(keys: [String] = [], values: [Value] = [], owner: Int = 0) {
        self.keys = keys
        self.values = values
        self.owner = owner
        shape = Shape(holding: values)
        if keys.count >= Self.indexedFrom { rebuildIndex() }
    }

    var count: Int { keys.count }

    /// The value of a key.
    subscript(_ key: String) -> Value? { position(of: key).map { values[$0] } }

    /// Adds or replaces a member; the shape is the maker's to mind.
    func set(_ key: String, _ value: Value) {
        if let position = position(of: key) {
            values[position] = value
            return
        }
        keys.append(key)
        values.append(value)
        if keys.count == Self.indexedFrom {
            rebuildIndex()
        } else if keys.count > Self.indexedFrom {
            index[ExactKey(text: key)] = keys.count - 1
        }
    }

    /// Removes a member.
    func remove(_ key: String) {
        guard let position = position(of: key) else { return }
        keys.remove(at: position)
        values.remove(at: position)
        index = [:]
        if keys.count >= Self.indexedFrom { rebuildIndex() }
    }

    /// Looks at the values once all are there.
    func settleShape() { shape = Shape(holding: values) }

    private func position(of key: String) -> Int? {
        if keys.count >= Self.indexedFrom { return index[ExactKey(text: key)] }
        return keys.firstIndex { ExactKey.same($0, key) }
    }

    private func rebuildIndex() {
        for (position, key) in keys.enumerated() { index[ExactKey(text: key)] = position }
    }
}
