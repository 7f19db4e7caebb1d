/// Reads a table row by row (RFC 4180), with any of the delimiters that Step Functions knows.
struct CSVReader {
    private let bytes: [UInt8]
    private let delimiter: UInt8
    private var position = 0

    init(_ bytes: [UInt8], delimiter: String?) {
        self.bytes = bytes
        self.delimiter =
            switch delimiter {
            case "PIPE": UInt8(ascii: "|")
            case "SEMICOLON": UInt8(ascii: ";")
            case "SPACE": UInt8(ascii: " ")
            case "TAB": UInt8(ascii: "\t")
            default: UInt8(ascii: ",")
            }
    }

    /// The next row, empty lines left out; `nil` at the end.
    mutating func row() -> [String]? {
        while position < bytes.count, bytes[position] == UInt8(ascii: "\n") || bytes[position] == UInt8(ascii: "\r") {
            position += 1
        }
        guard position < bytes.count else { return nil }
        var fields = [field()]
        while position < bytes.count, bytes[position] == delimiter {
            position += 1
            fields.append(field())
        }
        return fields
    }

    /// A field; one in quotes may hold anything, and two quotes for one.
    private mutating func field() -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let start = position
            while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\"") else {
                content.append(byte)
                continue
            }
            guard position < bytes.count, bytes[position] == byte else { break }
            content.append(byte)
            position += 1
        }
        // What follows the quotes without a delimiter belongs to the field as it is.
        while position < bytes.count, !isEnd(bytes[position]) {
            content.append(bytes[position])
            position += 1
        }
        return String(decoding: content, as: UTF8.self)
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
}
