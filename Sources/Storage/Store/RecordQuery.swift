/// Which records of one kind a scan gives, and in which order.
package enum RecordQuery: Equatable, Sendable {
    /// All whose id begins with `prefix`, ordered by id.
    case kind(String, prefix: String = "")
    /// All that declared `value` (or a value that begins with it) under the index `name`, ordered by that value, then by id.
    case index(kind: String, name: String, match: IndexMatch)
}

/// Which values of an index are meant.
package enum IndexMatch: Equatable, Sendable {
    case equals(String)
    case prefix(String)
    /// From the first value up to, but without, the second; all above where there is no second.
    case range(from: String, below: String?)
}

/// Where a scan goes on: behind the last record of the page before.
package struct Cursor: Hashable, Sendable {
    /// The index value of the last record; empty in a scan by id.
    let value: String
    let id: String

    /// Stands behind the record of this id, in a scan by id.
    package init(id: String) { self.init(value: "", id: id) }

    init(value: String, id: String) {
        self.value = value
        self.id = id
    }

    /// Reads the text form; anything else is `nil`.
    package init?(text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), let count = Int(text[..<colon]), count >= 0
        else {
            return nil
        }
        let rest = Array(text.utf8[text.utf8.index(after: colon)...])
        guard count <= rest.count, let value = String(validating: rest[..<count], as: UTF8.self),
            let id = String(validating: rest[count...], as: UTF8.self)
        else { return nil }
        self.init(value: value, id: id)
    }

    /// The text form: what a caller hands out as a marker, best encoded or sealed.
    package var text: String { "\(value.utf8.count):\(value)\(id)" }
}

/// A part of a scan's answer.
package struct Page: Equatable, Sendable {
    package var records: [Record]
    /// Where to go on; `nil` at the end.
    package var next: Cursor?

    /// Puts a page together.
    package init(records: [Record], next: Cursor?) {
        self.records = records
        self.next = next
    }
}
