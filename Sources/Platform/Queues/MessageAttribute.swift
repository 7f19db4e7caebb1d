import Core
import Vault

/// An attribute of a message: a name, a type and a value.
///
/// Source: Amazon SQS developer guide, "Amazon SQS message metadata" and "Calculating the MD5 message digest for message
/// attributes".
package struct MessageAttribute: Hashable, Sendable {
    /// What an attribute may hold.
    package enum Value: Hashable, Sendable {
        case text(String)
        case binary([UInt8])
    }

    /// Most attributes of one message.
    package static let limit = 10

    package let name: String
    package let type: String
    package let value: Value

    /// Takes the three; nothing is checked here.
    package init(name: String, type: String, value: Value) {
        self.name = name
        self.type = type
        self.value = value
    }

    /// How much of the size of a message it is.
    package var size: Int { name.utf8.count + type.utf8.count + bytes.count }

    var bytes: [UInt8] {
        switch value {
        case .text(let text): Array(text.utf8)
        case .binary(let bytes): bytes
        }
    }

    /// Refuses what AWS refuses, in its words.
    package func check() throws(QueueError) {
        try checkName()
        guard !type.isEmpty else {
            throw .badRequest("The message attribute '\(name)' must contain non-empty message attribute type.")
        }
        let prefix = String(type.prefix { $0 != "." })
        guard ["String", "Number", "Binary"].contains(prefix), type.utf8.count <= 256 else {
            throw .badRequest(
                "The message attribute '\(name)' has an invalid message attribute type, the set of supported type "
                    + "prefixes is Binary, Number, and String.")
        }
        let isRight = if case .binary = value { prefix == "Binary" } else { prefix != "Binary" }
        guard isRight, !bytes.isEmpty else { throw .attributeEmpty(name, type: prefix) }
        if case .text(let text) = value {
            guard MessageText.isAllowed(text) else { throw .badCharacters }
            guard prefix != "Number" || MessageText.isNumber(text) else {
                throw .badRequest("Can't cast the value of message (user) attribute '\(name)' to a number.")
            }
        }
    }

    private func checkName() throws(QueueError) {
        let lowered = name.lowercased()
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "_-.".utf8.contains(byte)
        }
        guard (1...256).contains(name.utf8.count), isPlain, !name.hasPrefix("."), !name.hasSuffix("."),
            !name.contains(".."), !lowered.hasPrefix("aws."), !lowered.hasPrefix("amazon.")
        else {
            throw .badRequest(
                "The message attribute name '\(name.prefix(256))' is invalid. Attribute name can contain A-Z, a-z, "
                    + "0-9, underscore (_), hyphen (-), and period (.) characters, and must not start with AWS. or "
                    + "Amazon.")
        }
    }

    /// The MD5 over attributes; `nil` where there are none.
    package static func md5(of attributes: [MessageAttribute]) -> String? {
        guard !attributes.isEmpty else { return nil }
        var input: [UInt8] = []
        for attribute in attributes.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            WorkItem.append(attribute.name.utf8, to: &input)
            WorkItem.append(attribute.type.utf8, to: &input)
            if case .binary = attribute.value { input.append(2) } else { input.append(1) }
            WorkItem.append(attribute.bytes, to: &input)
        }
        return MD5Digest.hex(of: input)
    }
}

/// What texts of messages may hold.
package enum MessageText {
    /// Whether all characters are of those that XML 1.0 knows.
    package static func isAllowed(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
            default: false
            }
        }
    }

    /// Whether a text is a number of at most 38 digits, zero or from 10^-128 to 10^126 either way.
    static func isNumber(_ text: String) -> Bool {
        guard text.utf8.count <= 256, text.utf8.allSatisfy({ numerals.contains($0) }), let number = Double(text) else {
            return false
        }
        let digits = text.utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }.filter { (0x30...0x39).contains($0) }
        let significant = digits.drop { $0 == 0x30 }.reversed().drop { $0 == 0x30 }.count
        return significant == 0 || (significant <= 38 && (1e-128...1e126).contains(number.magnitude))
    }

    private static let numerals = Set("0123456789+-.eE".utf8)
}
