/// Writes values as XML as a model's shapes ask for.
struct XMLWriter {
    let shapes: ShapeTable
    let times: TimestampFormat
    /// Whether elements stand on lines of their own, as services that speak the query protocol write them.
    let isIndented: Bool
    private(set) var bytes: [UInt8] = []
    private var depth = 0
    /// Whether the last thing that was written is the end of an element.
    private var isBehindElement = false

    init(shapes: ShapeTable, times: TimestampFormat, isIndented: Bool = false) {
        self.shapes = shapes
        self.times = times
        self.isIndented = isIndented
    }

    /// Writes an element with whatever `content` writes.
    mutating func element(
        _ name: String, attributes: [(String, String)] = [], _ content: (inout XMLWriter) -> Void
    ) {
        if depth > 0 { beginLine() }
        bytes.append(UInt8(ascii: "<"))
        bytes += name.utf8
        for (key, value) in attributes {
            bytes += " \(key)=\"".utf8
            escape(value)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ">"))
        isBehindElement = false
        depth += 1
        content(&self)
        depth -= 1
        if isBehindElement { beginLine() }
        bytes += "</".utf8
        bytes += name.utf8
        bytes.append(UInt8(ascii: ">"))
        isBehindElement = true
        if depth == 0, isIndented { bytes.append(UInt8(ascii: "\n")) }
    }

    private mutating func beginLine() {
        guard isIndented else { return }
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { bytes += "  ".utf8 }
    }

    /// Writes an element with text.
    mutating func element(_ name: String, text: String) {
        element(name) { $0.escape(text) }
    }

    /// Writes the root element of an output, with its attributes.
    mutating func root(_ value: WireValue, as member: Member, members: [Member], namespace: String?) {
        let shape = shapes[member]
        var attributes = attributes(of: value, member, shape)
        if let namespace, member.xmlNamespace == nil { attributes.append(("xmlns", namespace)) }
        element(shape.rootName, attributes: attributes) { $0.members(value, of: members) }
    }

    /// Writes those members of a structure that the model knows, the value has and XML carries as elements.
    mutating func members(_ value: WireValue, of members: [Member]) {
        for member in members where !member.isXMLAttribute {
            guard let content = value[member.name] else { continue }
            write(content, as: member, name: member.formName)
        }
    }

    /// Writes a value as an element of that name; a flattened one as one element for each of its parts.
    mutating func write(_ value: WireValue, as member: Member, name: String) {
        let shape = shapes[member]
        let attributes = attributes(of: value, member, shape)
        switch (shape.kind, value) {
        case (_, .null): break
        case (.structure, .structure):
            element(name, attributes: attributes) { $0.members(value, of: shape.members) }
        case (.list, .list(let elements)) where member.isFlattened:
            list(elements, of: shape, name: member.flattenedName)
        case (.list, .list(let elements)):
            let inner = shape.element?.formName ?? "member"
            element(name, attributes: attributes) { $0.list(elements, of: shape, name: inner) }
        case (.map, .structure(let fields)) where member.isFlattened:
            map(fields, of: shape, name: member.flattenedName)
        case (.map, .structure(let fields)):
            element(name, attributes: attributes) { $0.map(fields, of: shape, name: "entry") }
        default:
            guard let text = ScalarText.text(value, as: member, shape, times: times) else {
                assertionFailure("\(member.name) is a \(shape.kind), not \(value)")
                return
            }
            element(name, attributes: attributes) { $0.escape(text) }
        }
    }

    private mutating func list(_ elements: [WireValue], of shape: Shape, name: String) {
        guard let element = shape.element else { return }
        for content in elements { write(content, as: element, name: name) }
    }

    private mutating func map(_ fields: WireFields, of shape: Shape, name: String) {
        guard let key = shape.key, let element = shape.value else { return }
        for (entry, content) in fields.members {
            self.element(name) { xml in
                xml.write(.string(entry), as: key, name: key.formName)
                xml.write(content, as: element, name: element.formName)
            }
        }
    }

    private func attributes(of value: WireValue, _ member: Member, _ shape: Shape) -> [(String, String)] {
        var attributes: [(String, String)] = []
        if let namespace = member.xmlNamespace {
            attributes.append((namespace.prefix.map { "xmlns:\($0)" } ?? "xmlns", namespace.uri))
        }
        for inner in shape.members where inner.isXMLAttribute {
            guard let content = value[inner.name],
                let text = ScalarText.text(content, as: inner, shapes[inner], times: times)
            else { continue }
            attributes.append((inner.wireName, text))
        }
        return attributes
    }

    private mutating func escape(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": bytes += "&amp;".utf8
            case "<": bytes += "&lt;".utf8
            case ">": bytes += "&gt;".utf8
            case "\"": bytes += "&quot;".utf8
            case "\r": bytes += "&#xD;".utf8
            case "\n": bytes += "&#xA;".utf8
            case "\t": bytes += "&#x9;".utf8
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": bytes += "\u{FFFD}".utf8
            default: bytes += UTF8.encode(scalar) ?? UTF8.EncodedScalar()
            }
        }
    }
}
