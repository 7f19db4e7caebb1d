/// An element of an XML document; namespaces are not told apart, so names come without their prefix.
struct XMLNode: Hashable, Sendable {
    let name: String
    /// By the name as written, prefix included.
    var attributes: [String: String] = [:]
    var children: [XMLNode] = []
    /// The text between its children, joined.
    var text = ""

    /// The first child of that name.
    func child(_ name: String) -> XMLNode? { children.first { $0.name == name } }

    /// Every child that has one of the names.
    func children(named names: Set<String>) -> [XMLNode] { children.filter { names.contains($0.name) } }
}
