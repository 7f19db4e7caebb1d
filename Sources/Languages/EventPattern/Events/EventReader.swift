import Core

/// Reads an event in one pass over its bytes and keeps the values of the fields that rules name.
///
/// The whole of it is checked to be JSON (RFC 8259, as strictly as Core's parser), but no tree is built of it.
struct EventReader: Sendable {
    var values = EventValues()
    var position = 0
    /// Whether an object has a name twice that rules use; then the last one counts, and the pass cannot say so.
    private var hasRepeatedName = false
    /// For each node of the tree, in which object its name was met last.
    private var metIn: [UInt32] = []
    private var objects: UInt32 = 0

    /// How deep objects and arrays may nest.
    static let maximumDepth = JSON.standardDepth

    /// Reads an event; returns its bytes without repeated names where it had some.
    mutating func read(_ event: [UInt8], _ tree: FieldTree) throws(EventError) -> [UInt8] {
        try pass(over: event.span, tree)
        guard hasRepeatedName else { return event }
        let plain: [UInt8]
        do throws(JSONError) {
            plain = try JSON(parsing: event, maximumDepth: Self.maximumDepth).serialized
        } catch {
            throw .notJSON(error)
        }
        try pass(over: plain.span, tree)
        return plain
    }

    private mutating func pass(over source: Span<UInt8>, _ tree: FieldTree) throws(EventError) {
        values.begin(fieldCount: tree.fieldCount)
        if metIn.count < tree.nodeCount || objects > .max - UInt32(clamping: source.count) {
            metIn = [UInt32](repeating: 0, count: tree.nodeCount)
            objects = 0
        }
        hasRepeatedName = false
        position = 0
        skipSpace(source)
        guard position == source.count || source[position] == UInt8(ascii: "{") else { throw .notAnObject }
        do throws(JSONError) {
            _ = try peek(source)
            try object(source, tree, FieldTree.root, element: 0, depth: 1)
            skipSpace(source)
            guard position == source.count else { throw error(.trailingBytes) }
        } catch {
            throw .notJSON(error)
        }
    }

    /// A value; `node` is where in the tree it stands, -1 for nowhere.
    private mutating func value(
        _ source: Span<UInt8>, _ tree: FieldTree, _ node: Int32, element: Int32, depth: Int
    ) throws(JSONError) {
        skipSpace(source)
        let start = position
        switch try peek(source) {
        case UInt8(ascii: "\""):
            let text = try string(source)
            keep(.string, text.range, tree, node, element, isDecoded: text.isDecoded, isASCII: text.isASCII)
            if text.isDecoded, node < 0 || tree.field(at: node) < 0 { forget(text) }
        case UInt8(ascii: "{"): try object(source, tree, node, element: element, depth: depth + 1)
        case UInt8(ascii: "["): try array(source, tree, node, element: element, depth: depth + 1)
        case UInt8(ascii: "t"):
            try literal("true", source)
            keep(.literal, start..<position, tree, node, element)
        case UInt8(ascii: "f"):
            try literal("false", source)
            keep(.literal, start..<position, tree, node, element)
        case UInt8(ascii: "n"):
            try literal("null", source)
            keep(.literal, start..<position, tree, node, element)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number(source)
            keep(.number, start..<position, tree, node, element)
        default: throw error(.unexpectedByte)
        }
    }

    @inline(__always)
    private mutating func keep(
        _ kind: EventValues.Value.Kind, _ range: Range<Int>, _ tree: FieldTree, _ node: Int32, _ element: Int32,
        isDecoded: Bool = false, isASCII: Bool = true
    ) {
        guard node >= 0, case let field = tree.field(at: node), field >= 0 else { return }
        values.append(to: field, kind, range, isDecoded: isDecoded, isASCII: isASCII, element: element)
    }

    private mutating func object(
        _ source: Span<UInt8>, _ tree: FieldTree, _ node: Int32, element: Int32, depth: Int
    ) throws(JSONError) {
        guard depth <= Self.maximumDepth else { throw error(.tooDeep) }
        objects += 1
        let object = objects
        position += 1
        if try ends(with: UInt8(ascii: "}"), source) { return }
        repeat {
            skipSpace(source)
            guard try peek(source) == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
            let name = try string(source)
            let child = node < 0 ? -1 : child(of: node, named: name, source, tree, in: object)
            if name.isDecoded { forget(name) }
            skipSpace(source)
            guard try peek(source) == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
            position += 1
            try value(source, tree, child, element: element, depth: depth)
        } while try continues(until: UInt8(ascii: "}"), source)
    }

    @inline(__always)
    private mutating func child(
        of node: Int32, named name: Text, _ source: Span<UInt8>, _ tree: FieldTree, in object: UInt32
    ) -> Int32 {
        let child =
            name.isDecoded
            ? tree.child(of: node, named: values.decoded.span.extracting(name.range))
            : tree.child(of: node, named: source.extracting(name.range))
        if child >= 0 {
            if metIn[Int(child)] == object { hasRepeatedName = true }
            metIn[Int(child)] = object
        }
        return child
    }

    /// Values in an array are values of its field; those inside objects or arrays in it belong to their element.
    private mutating func array(
        _ source: Span<UInt8>, _ tree: FieldTree, _ node: Int32, element: Int32, depth: Int
    ) throws(JSONError) {
        guard depth <= Self.maximumDepth else { throw error(.tooDeep) }
        position += 1
        if try ends(with: UInt8(ascii: "]"), source) { return }
        var number: Int32 = -1
        repeat {
            skipSpace(source)
            let byte = try peek(source)
            guard node >= 0, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") else {
                try value(source, tree, node, element: element, depth: depth)
                continue
            }
            if number < 0 { number = values.addArray() }
            let inner = values.addElement(of: number, in: element)
            try value(source, tree, node, element: inner, depth: depth)
        } while try continues(until: UInt8(ascii: "]"), source)
    }

    private mutating func forget(_ text: Text) { values.decoded.removeSubrange(text.range.lowerBound...) }
}
