/// The members of a JSON object, in order, each key once.
///
/// Keys are the same only if their bytes are: Unicode's equivalences do not apply.
package struct JSONObject: Hashable, Sendable {
    package private(set) var members: [Member] = []
    private var index: [ExactKey: Int] = [:]

    /// A key and its value.
    package struct Member: Hashable, Sendable {
        package let key: String
        package var value: JSON
    }

    /// Small objects are searched; an index pays only for larger ones, and keeps hostile ones linear.
    private static let indexedFrom = 12

    /// Has no members.
    package init() {}

    /// Takes members in order; of those with the same key the last one wins.
    package init(_ members: [(String, JSON)]) {
        for (key, value) in members { self[key] = value }
    }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }

    /// The value of a key; set to `nil` it removes the member.
    package subscript(_ key: String) -> JSON? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil): remove(at: position)
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }

    /// Two objects are equal if they have the same members, in whatever order.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(count) }

    private func position(of key: String) -> Int? {
        if members.count >= Self.indexedFrom { return index[ExactKey(text: key)] }
        return members.firstIndex { ExactKey.same($0.key, key) }
    }

    private mutating func append(_ key: String, _ value: JSON) {
        members.append(Member(key: key, value: value))
        if members.count == Self.indexedFrom {
            rebuildIndex()
        } else if members.count > Self.indexedFrom {
            index[ExactKey(text: key)] = members.count - 1
        }
    }

    private mutating func remove(at position: Int) {
        members.remove(at: position)
        if members.count >= Self.indexedFrom { rebuildIndex() } else { index = [:] }
    }

    private mutating func rebuildIndex() {
        index = [:]
        for (position, member) in members.enumerated() { index[ExactKey(text: member.key)] = position }
    }
}

/// A key that equals only the same bytes.
package struct ExactKey: Hashable, Sendable {
    package let text: String

    /// Takes any text.
    package init(text: String) { self.text = text }

    /// Whether two keys have the same bytes.
    package static func == (left: ExactKey, right: ExactKey) -> Bool { same(left.text, right.text) }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }

    /// Whether two texts have the same bytes.
    package static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
