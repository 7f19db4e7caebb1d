/// A small strict XML 1.0 reader: elements, attributes, text, CDATA, comments, the five entities and character
/// references.
///
/// A document type declaration is refused, so there are no entities to expand and nothing outside to fetch.
struct XMLReader {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0
    private var open: [XMLNode] = []

    /// Reads a whole document and gives its root.
    static func root(of bytes: [UInt8], maximumDepth: Int = 100) throws(Malformed) -> XMLNode {
        var reader = XMLReader(bytes: bytes, maximumDepth: maximumDepth)
        return try reader.document()
    }

    private init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    private mutating func document() throws(Malformed) -> XMLNode {
        var root: XMLNode?
        take("\u{FEFF}")
        while position < bytes.count {
            let closed = try piece()
            guard let closed else { continue }
            guard root == nil else { throw error("more than one root element") }
            root = closed
        }
        guard open.isEmpty, let root else { throw error("the document ends too early") }
        return root
    }

    /// Reads one tag, comment or run of text; gives the root element once it is closed.
    private mutating func piece() throws(Malformed) -> XMLNode? {
        guard bytes[position] == UInt8(ascii: "<") else {
            try characters()
            return nil
        }
        if take("<!--") {
            _ = try until("-->")
        } else if take("<![CDATA[") {
            guard !open.isEmpty else { throw error("text outside the root element") }
            open[open.count - 1].text += try string(try until("]]>"))
        } else if take("<?") {
            _ = try until("?>")
        } else if take("<!") {
            throw error("declarations are not accepted")
        } else if take("</") {
            return try endTag()
        } else {
            position += 1
            return try startTag()
        }
        return nil
    }

    private mutating func characters() throws(Malformed) {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        let text = try unescaped(bytes[start..<position])
        if open.isEmpty {
            guard text.allSatisfy(\.isWhitespace) else { throw error("text outside the root element") }
        } else {
            open[open.count - 1].text += text
        }
    }

    private mutating func startTag() throws(Malformed) -> XMLNode? {
        guard open.count < maximumDepth else { throw error("elements are nested too deeply") }
        let name = try name()
        var node = XMLNode(name: Self.local(name))
        while true {
            let spaced = skipSpace()
            if take("/>") { return close(node) }
            if take(">") {
                open.append(node)
                return nil
            }
            guard spaced else { throw error("a tag is malformed") }
            let (key, value) = try attribute()
            guard node.attributes.updateValue(value, forKey: key) == nil else {
                throw error("an attribute is repeated")
            }
        }
    }

    private mutating func endTag() throws(Malformed) -> XMLNode? {
        let name = try name()
        skipSpace()
        guard take(">"), let node = open.popLast(), node.name == Self.local(name) else {
            throw error("an end tag does not match")
        }
        return close(node)
    }

    private mutating func close(_ node: XMLNode) -> XMLNode? {
        guard !open.isEmpty else { return node }
        open[open.count - 1].children.append(node)
        return nil
    }

    private mutating func attribute() throws(Malformed) -> (String, String) {
        let key = try name()
        skipSpace()
        guard take("=") else { throw error("an attribute has no value") }
        skipSpace()
        let quote = take("\"") ? "\"" : take("'") ? "'" : nil
        guard let quote else { throw error("an attribute is not quoted") }
        let content = try until(quote)
        guard !content.contains(UInt8(ascii: "<")) else { throw error("an attribute contains '<'") }
        return (key, try unescaped(content))
    }

    private mutating func name() throws(Malformed) -> String {
        let start = position
        while position < bytes.count, Self.isNameByte(bytes[position]) { position += 1 }
        let name = bytes[start..<position]
        // Each part begins as a name does, so that the name without its prefix is one.
        for part in name.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard let first = part.first, !(0x30...0x39 ~= first), !"-.".utf8.contains(first) else {
                throw error("a name is malformed")
            }
        }
        return try string(name)
    }

    private mutating func until(_ end: String) throws(Malformed) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count {
            let found = position
            if take(end) { return bytes[start..<found] }
            position += 1
        }
        throw error("the document ends too early")
    }

    @discardableResult
    private mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = position
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        return position > start
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...,
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    private static func local(_ name: String) -> String {
        name.split(separator: ":").last.map(String.init) ?? name
    }
}

extension XMLReader {
    private func error(_ reason: String) -> Malformed { Malformed("The XML is not well-formed: \(reason)") }

    private func string(_ content: ArraySlice<UInt8>) throws(Malformed) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw error("it is not UTF-8") }
        guard text.unicodeScalars.allSatisfy({ Self.isAllowed($0) }) else { throw error("a character is not allowed") }
        return text
    }

    private func unescaped(_ content: ArraySlice<UInt8>) throws(Malformed) -> String {
        guard content.contains(UInt8(ascii: "&")) else { return try string(content) }
        var text = ""
        var rest = content
        while let ampersand = rest.firstIndex(of: UInt8(ascii: "&")) {
            text += try string(rest[..<ampersand])
            rest = rest[(ampersand + 1)...]
            guard let end = rest.firstIndex(of: UInt8(ascii: ";")) else { throw error("a reference does not end") }
            text.unicodeScalars.append(try reference(try string(rest[..<end])))
            rest = rest[(end + 1)...]
        }
        return text + (try string(rest))
    }

    private func reference(_ name: String) throws(Malformed) -> Unicode.Scalar {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let code =
                name.hasPrefix("#x")
                ? UInt32(name.dropFirst(2), radix: 16)
                : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
            guard !name.utf8.contains(UInt8(ascii: "+")), let scalar = code.flatMap(Unicode.Scalar.init),
                Self.isAllowed(scalar)
            else {
                throw error("a reference is unknown")
            }
            return scalar
        }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: true
        case 0..<0x20, 0xFFFE, 0xFFFF: false
        default: true
        }
    }
}
