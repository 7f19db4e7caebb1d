import Core

/// What of a message is sealed.
///
/// Each field behind its length, an absent one as empty; attributes and functions behind their count. Contents of the
/// first version do not say where the message stands in its lineage: it stands at its beginning.
struct MessageContent: Sendable {
    private static let version: UInt8 = 2

    var body: [UInt8]
    var bodyMD5: String
    var attributes: [MessageAttribute]
    var traceHeader: String?
    var sender: String
    var group: String?
    var deduplication: String?
    /// The ARN of the queue from which it came as a dead letter.
    var source: String?
    /// Of a lineage that the message's item names.
    private var place = Descent()

    /// Where that stands which the message causes.
    func descent(in lineage: LineageID) -> Descent {
        Descent(
            lineage: lineage, depth: place.depth, entry: place.entry, visits: place.visits, isReport: place.isReport)
    }

    var bytes: [UInt8] {
        var output: [UInt8] = [Self.version]
        output.reserveCapacity(body.count + 256)
        for text in [bodyMD5, sender, group ?? "", deduplication ?? "", traceHeader ?? "", source ?? ""] {
            WorkItem.append(text.utf8, to: &output)
        }
        output.append(UInt8(clamping: attributes.count))
        for attribute in attributes {
            WorkItem.append(attribute.name.utf8, to: &output)
            WorkItem.append(attribute.type.utf8, to: &output)
            if case .binary = attribute.value { output.append(2) } else { output.append(1) }
            WorkItem.append(attribute.bytes, to: &output)
        }
        DescentField.append(place, to: &output)
        output.append(contentsOf: body)
        return output
    }

    init(
        body: [UInt8], bodyMD5: String, attributes: [MessageAttribute], traceHeader: String?, sender: String,
        group: String?, deduplication: String?, descent: Descent
    ) {
        self.body = body
        self.bodyMD5 = bodyMD5
        self.attributes = attributes
        self.traceHeader = traceHeader
        self.sender = sender
        self.group = group
        self.deduplication = deduplication
        place = descent
    }

    init(_ bytes: [UInt8]) throws(WorkItem.Fault) {
        var reader = FieldReader(bytes[...])
        let version = try reader.byte()
        guard (1...Self.version).contains(version) else { throw .unknownVersion(version) }
        func optional(_ text: String) -> String? { text.isEmpty ? nil : text }
        bodyMD5 = try reader.text()
        sender = try reader.text()
        group = optional(try reader.text())
        deduplication = optional(try reader.text())
        traceHeader = optional(try reader.text())
        source = optional(try reader.text())
        attributes = []
        for _ in 0..<(try reader.byte()) {
            let (name, type) = (try reader.text(), try reader.text())
            let isBinary = try reader.byte() == 2
            let value = Array(try reader.field())
            attributes.append(
                MessageAttribute(
                    name: name, type: type,
                    value: isBinary ? .binary(value) : .text(String(decoding: value, as: UTF8.self))))
        }
        body = []
        if version > 1 { place = try DescentField.read(&reader, in: place.lineage) }
        body = Array(reader.remaining)
    }
}
