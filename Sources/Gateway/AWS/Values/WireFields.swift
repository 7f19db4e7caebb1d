/// The members of a structure or the entries of a map, in order, each name once.
package struct WireFields: Hashable, Sendable {
    /// Every member with its name, in order.
    package private(set) var members: [(name: String, value: WireValue)] = []
    private var index: [String: Int] = [:]

    /// Structures are small and are searched; an index pays only for larger maps, and keeps hostile ones linear.
    private static let indexedFrom = 12

    /// Has no members.
    package init() {}

    /// Takes members in order; of those with the same name the last one wins.
    package init(_ members: [(String, WireValue)]) {
        self.members.reserveCapacity(members.count)
        for (name, value) in members { self[name] = value }
    }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }

    /// The names of all members, in order.
    package var names: [String] { members.map(\.name) }

    /// The value of a member; set to `nil` it removes the member.
    package subscript(_ name: String) -> WireValue? {
        get { position(of: name).map { members[$0].value } }
        set {
            switch (position(of: name), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil): remove(at: position)
            case (nil, let value?): append(name, value)
            case (nil, nil): break
            }
        }
    }

    /// Two are equal if they have the same members, in whatever order.
    package static func == (left: WireFields, right: WireFields) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(count) }

    private func position(of name: String) -> Int? {
        if members.count >= Self.indexedFrom { return index[name] }
        return members.firstIndex { $0.name == name }
    }

    private mutating func append(_ name: String, _ value: WireValue) {
        members.append((name, value))
        if members.count == Self.indexedFrom {
            rebuildIndex()
        } else if members.count > Self.indexedFrom {
            index[name] = members.count - 1
        }
    }

    private mutating func remove(at position: Int) {
        members.remove(at: position)
        if members.count >= Self.indexedFrom { rebuildIndex() } else { index = [:] }
    }

    private mutating func rebuildIndex() {
        index = [:]
        for (position, member) in members.enumerated() { index[member.name] = position }
    }
}
