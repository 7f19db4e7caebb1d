import Core

/// A form of the query protocol as a tree: `A.member.1.Name=x` is a leaf four levels down.
struct FormNode: Sendable {
    private(set) var value: String?
    private(set) var children: [String: FormNode] = [:]

    /// No request nests deeper; a key that does is refused.
    private static let maximumDepth = 48

    /// Builds the tree of decoded pairs.
    init(pairs: [(name: String, value: String)]) throws(Malformed) {
        for (name, value) in pairs {
            let path = name.split(separator: ".", maxSplits: Self.maximumDepth + 1, omittingEmptySubsequences: false)
            guard path.count <= Self.maximumDepth else { throw Malformed("A parameter's name is nested too deeply") }
            insert(value, at: path[...])
        }
    }

    private init() {}

    /// The elements of a list in the order of their numbers, whatever the gaps.
    var numbered: [FormNode] {
        children.compactMap { key, node in Int(key).map { ($0, node) } }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private mutating func insert(_ value: String, at path: ArraySlice<Substring>) {
        guard let first = path.first else {
            self.value = value
            return
        }
        children[String(first), default: FormNode()].insert(value, at: path.dropFirst())
    }
}

/// Reads values out of a form of the query protocol as a model's shapes ask for.
struct FormBinding {
    let shapes: ShapeTable

    /// Reads a value.
    func value(_ node: FormNode, as member: Member) throws(Malformed) -> WireValue {
        let shape = shapes[member]
        if node.children.isEmpty, node.value?.isEmpty == false, [.structure, .list, .map].contains(shape.kind) {
            throw Malformed("Text where a \(shape.kind) is expected")
        }
        switch shape.kind {
        case .structure: return try structure(node, of: shape)
        case .list: return try list(node, as: member, of: shape)
        case .map: return try map(node, as: member, of: shape)
        default:
            guard let text = node.value else { throw Malformed("Unexpected members in a \(shape.kind) parameter") }
            return try ScalarText.value(text, as: shape)
        }
    }

    /// Reads the members of a structure; what the model does not know is left out.
    func structure(_ node: FormNode, of shape: Shape) throws(Malformed) -> WireValue {
        var fields = WireFields()
        for member in shape.members {
            guard let content = content(of: member, in: node) else { continue }
            fields[member.name] = try value(content, as: member)
        }
        return .structure(fields)
    }

    private func content(of member: Member, in node: FormNode) -> FormNode? {
        if let content = node.children[member.formName] ?? node.children[member.wireName] { return content }
        guard member.isFlattened, let element = shapes[member].element, element.formName != element.name else {
            return nil
        }
        return node.children[element.formName]
    }

    private func list(_ node: FormNode, as member: Member, of shape: Shape) throws(Malformed) -> WireValue {
        guard let element = shape.element else { return .list([]) }
        let container =
            member.isFlattened ? node : node.children[element.formName] ?? node.children["member"] ?? node
        var values: [WireValue] = []
        for content in container.numbered { values.append(try value(content, as: element)) }
        return .list(values)
    }

    private func map(_ node: FormNode, as member: Member, of shape: Shape) throws(Malformed) -> WireValue {
        guard let key = shape.key, let element = shape.value else { return .structure(WireFields()) }
        let container = member.isFlattened ? node : node.children["entry"] ?? node
        var fields = WireFields()
        for entry in container.numbered {
            guard let name = entry.children[key.formName]?.value else { throw Malformed("A map's entry has no key") }
            guard let content = entry.children[element.formName] else {
                throw Malformed("A map's entry has no value")
            }
            fields[name] = try value(content, as: element)
        }
        return .structure(fields)
    }
}
