/// Where in a definition something stands.
struct Place: Hashable, Sendable {
    /// The JSON pointer; empty at the very top.
    let pointer: String
    /// The place inside of its state, as errors of expressions name it: `Arguments/Payload`.
    let field: String

    static let root = Place(pointer: "", field: "")

    /// A JSON pointer; absent at the very top.
    var location: String? { pointer.isEmpty ? nil : pointer }

    /// The member of an object.
    func member(_ key: String) -> Place {
        Place(pointer: pointer + "/" + key, field: field.isEmpty ? key : field + "/" + key)
    }

    /// The element of an array.
    func element(_ index: Int) -> Place { Place(pointer: pointer + "[\(index)]", field: field + "[\(index)]") }

    /// A state: what it holds is named from here on.
    func state(_ name: String) -> Place { Place(pointer: pointer + "/" + name, field: "") }
}
