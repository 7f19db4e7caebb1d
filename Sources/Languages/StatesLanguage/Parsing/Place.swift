/// Where in a definition something stands.
struct Place: Hashable, Sendable {
    /// The JSON pointer; empty at the very top.
    let pointer: String

    static let root = Place(pointer: "")

    /// A JSON pointer; absent at the very top.
    var location: String? { pointer.isEmpty ? nil : pointer }

    /// The member of an object.
    func member(_ key: String) -> Place { Place(pointer: pointer + "/" + key) }

    /// The element of an array.
    func element(_ index: Int) -> Place { Place(pointer: pointer + "[\(index)]") }
}
