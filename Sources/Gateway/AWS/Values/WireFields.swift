/// The members of a structure or the entries of a map, in order, each name once.
package struct WireFields: Hashable, Sendable {
    package private(set) var names: [String] = []
    private var values: [String: WireValue] = [:]

    /// Has no members.
    package init() {}

    /// Takes members in order; of those with the same name the last one wins.
    package init(_ members: [(String, WireValue)]) {
        for (name, value) in members { self[name] = value }
    }

    package var isEmpty: Bool { names.isEmpty }
    package var count: Int { names.count }

    /// The value of a member; set to `nil` it removes the member.
    package subscript(_ name: String) -> WireValue? {
        get { values[name] }
        set {
            let old = values.updateValue(newValue ?? .null, forKey: name)
            if old == nil { names.append(name) }
            guard newValue == nil else { return }
            values[name] = nil
            names.removeAll { $0 == name }
        }
    }

    /// Every member with its name, in order.
    package var members: [(name: String, value: WireValue)] {
        names.map { ($0, values[$0] ?? .null) }
    }

    /// Two are equal if they have the same members, in whatever order.
    package static func == (left: WireFields, right: WireFields) -> Bool { left.values == right.values }

    package func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
