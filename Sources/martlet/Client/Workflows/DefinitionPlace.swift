import Core

/// Where in a file something stands that a diagnostic names: `/States/A/Choices[0]/Next`.
///
/// Names are not escaped there, so that the longest member that fits is taken. What is not found is told at the innermost
/// thing that is.
struct DefinitionPlace {
    private let bytes: [UInt8]
    private var position = 0
    /// The offset in bytes.
    private(set) var offset = 0

    /// Finds a location in a text, which need not even be JSON.
    init(of location: String, in bytes: [UInt8]) {
        self.bytes = bytes
        var rest = Array(location.utf8)[...]
        skipSpace()
        offset = position
        while !rest.isEmpty, let next = step(rest) { rest = next }
    }

    /// The place of a byte.
    init(offset: Int, in bytes: [UInt8]) {
        self.bytes = bytes
        self.offset = min(max(0, offset), bytes.count)
    }

    /// The line and the column, in characters, both from 1.
    var lineAndColumn: (line: Int, column: Int) {
        let before = bytes[..<min(offset, bytes.count)]
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        return (line, before[start...].reduce(1) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 })
    }

    /// Goes one member or element on; gives what of the location is left, or nothing where there is no such thing.
    private mutating func step(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        switch rest.first {
        case UInt8(ascii: "/"): member(rest.dropFirst())
        case UInt8(ascii: "["): element(rest.dropFirst())
        default: nil
        }
    }

    private mutating func member(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard take(UInt8(ascii: "{")) else { return nil }
        var best: (key: Int, value: Int, rest: ArraySlice<UInt8>)?
        while true {
            skipSpace()
            let start = position
            guard let key = string() else { break }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { break }
            skipSpace()
            let left = rest.dropFirst(key.count)
            let isWhole = left.first.map { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "[") } ?? true
            if rest.starts(with: key), isWhole, best.map({ left.count < $0.rest.count }) ?? true {
                best = (start, position, left)
            }
            skipValue()
            skipSpace()
            guard take(UInt8(ascii: ",")) else { break }
        }
        guard let best else { return nil }
        (offset, position) = (best.key, best.value)
        return best.rest
    }

    private mutating func element(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let digits = rest.prefix { $0 != UInt8(ascii: "]") }
        guard let index = Int(String(decoding: digits, as: UTF8.self)), index >= 0, take(UInt8(ascii: "[")) else {
            return nil
        }
        for _ in 0..<index {
            skipSpace()
            skipValue()
            skipSpace()
            guard take(UInt8(ascii: ",")) else { return nil }
        }
        skipSpace()
        offset = position
        return rest.dropFirst(digits.count + 1)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    /// The bytes that a string stands for.
    private mutating func string() -> [UInt8]? {
        let start = position
        guard skipString() else { return nil }
        // A text that is no JSON has no members to find.
        return (try? JSON(parsing: Array(bytes[start..<position])))?.string.map { Array($0.utf8) }
    }

    private mutating func skipString() -> Bool {
        guard take(UInt8(ascii: "\"")) else { return false }
        while position < bytes.count {
            if take(UInt8(ascii: "\"")) { return true }
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = bytes.count
        return false
    }

    /// Skips a value: up to where its brackets are closed, or to the next comma or bracket.
    private mutating func skipValue() {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                if !skipString() { return }
                if depth == 0 { return }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    position += 1
                    return
                }
            case UInt8(ascii: ","): if depth == 0 { return }
            default: break
            }
            position += 1
        }
    }
}
