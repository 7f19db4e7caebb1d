import Core

/// Reads values out of XML as a model's shapes ask for.
struct XMLBinding {
    let shapes: ShapeTable

    /// Reads a value out of its element.
    func value(_ node: XMLNode, as member: Member) throws(Malformed) -> WireValue {
        let shape = shapes[member]
        switch shape.kind {
        case .structure: return try structure(node, members: shape.members)
        case .list:
            let element = shape.element
            return try list(node.children(named: [element?.wireName ?? "member"]), of: element)
        case .map: return try map(node.children(named: ["entry"]), of: shape)
        default: return try ScalarText.value(Self.trimmed(node.text, shape), as: shape)
        }
    }

    /// Reads the members of a structure out of an element's children and attributes.
    func structure(_ node: XMLNode, members: [Member]) throws(Malformed) -> WireValue {
        var fields = WireFields()
        for member in members {
            if let value = try value(of: member, in: node) { fields[member.name] = value }
        }
        return .structure(fields)
    }

    private func value(of member: Member, in node: XMLNode) throws(Malformed) -> WireValue? {
        let shape = shapes[member]
        if member.isXMLAttribute {
            guard let text = node.attributes[member.wireName] else { return nil }
            return try ScalarText.value(text, as: shape)
        }
        guard member.isFlattened, shape.kind == .list || shape.kind == .map else {
            guard let content = node.child(Self.local(member.wireName)) else { return nil }
            return try value(content, as: member)
        }
        let contents = node.children(named: [Self.local(member.flattenedName)])
        guard !contents.isEmpty else { return nil }
        return shape.kind == .list ? try list(contents, of: shape.element) : try map(contents, of: shape)
    }

    private func list(_ nodes: [XMLNode], of element: Member?) throws(Malformed) -> WireValue {
        guard let element else { return .list([]) }
        var values: [WireValue] = []
        for node in nodes { values.append(try value(node, as: element)) }
        return .list(values)
    }

    private func map(_ entries: [XMLNode], of shape: Shape) throws(Malformed) -> WireValue {
        guard let key = shape.key, let element = shape.value else { return .structure(WireFields()) }
        var fields = WireFields()
        for entry in entries {
            guard let name = entry.child(key.wireName)?.text else { throw Malformed("A map's entry has no key") }
            guard let content = entry.child(element.wireName) else { throw Malformed("A map's entry has no value") }
            fields[name] = try value(content, as: element)
        }
        return .structure(fields)
    }

    private static func local(_ name: String) -> String {
        name.split(separator: ":").last.map(String.init) ?? name
    }

    private static func trimmed(_ text: String, _ shape: Shape) -> String {
        if shape.kind == .string { return text }
        let space: Set<Character> = [" ", "\t", "\n", "\r", "\r\n"]
        return String(text.drop { space.contains($0) }.reversed().drop { space.contains($0) }.reversed())
    }
}
