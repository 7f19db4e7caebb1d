import Core

/// The name of a record inside its partition: a kind, such as "function", and an id.
///
/// Kinds and ids are compared, and ids ordered, byte by byte.
package struct RecordKey: Hashable, Sendable {
    package var kind: String
    package var id: String

    /// Names a record.
    package init(kind: String, id: String) {
        self.kind = kind
        self.id = id
    }

    package static func == (one: RecordKey, two: RecordKey) -> Bool {
        ExactKey.same(one.kind, two.kind) && ExactKey.same(one.id, two.id)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ExactKey(text: kind))
        hasher.combine(ExactKey(text: id))
    }
}

/// A versioned document; the value is opaque to the store, and sealed where it holds anything private.
package struct Record: Equatable, Sendable {
    package var key: RecordKey
    package var value: [UInt8]
    /// Grows with each write of the record; a version never comes back, even after the record was deleted and made anew.
    package var version: Int64
    package var index: [IndexValue]

    /// Puts a record together.
    package init(key: RecordKey, value: [UInt8], version: Int64, index: [IndexValue] = []) {
        self.key = key
        self.value = value
        self.version = version
        self.index = index
    }
}

/// A value under which a record can be found by `scan`; it is stored in the clear.
package struct IndexValue: Hashable, Sendable {
    package var name: String
    package var value: String

    /// Declares that the record is found under `value` in the index `name` of its kind.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// What must hold of a record for a write to happen.
package enum Expect: Equatable, Sendable {
    case any
    case absent
    case version(Int64)
}
