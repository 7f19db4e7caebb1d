/// The tags of a role, user or policy, in the order they were set; keys are one whatever their case.
package struct TagSet: Hashable, Sendable, Codable {
    /// A tag.
    package struct Tag: Hashable, Sendable, Codable {
        package var key: String
        package var value: String

        /// Names a tag and its value.
        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// How many tags a thing may have.
    package static let limit = 50

    package private(set) var tags: [Tag] = []

    /// The values by key.
    package var values: [String: String] { Dictionary(tags.map { ($0.key, $0.value) }) { _, last in last } }

    /// Has no tags.
    package init() {}

    /// Takes tags; one that comes twice counts once.
    package init(_ tags: [Tag]) throws(IdentityError) { try set(tags) }

    /// Adds tags, or gives them another value.
    package mutating func set(_ new: [Tag]) throws(IdentityError) {
        for tag in new {
            if let index = tags.firstIndex(where: { $0.key.lowercased() == tag.key.lowercased() }) {
                tags[index] = tag
            } else {
                tags.append(tag)
            }
        }
        guard tags.count <= Self.limit else { throw .limit(.tags(Self.limit)) }
    }

    /// Removes tags; those that are not there are no error.
    package mutating func remove(_ keys: [String]) {
        let keys = Set(keys.map { $0.lowercased() })
        tags.removeAll { keys.contains($0.key.lowercased()) }
    }
}
