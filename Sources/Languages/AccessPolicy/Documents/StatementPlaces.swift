/// Where in a policy's text its statements stand: what a simulation shows of those that matched.
///
/// For texts that are policies; what is none has no statements here.
package struct StatementPlaces: Hashable, Sendable {
    /// A line and a column, both counted from 1.
    package struct Place: Hashable, Sendable {
        package let line: Int
        package let column: Int
    }

    /// From behind what stands before a statement to behind its closing brace, as AWS counts.
    package struct Extent: Hashable, Sendable {
        package let start: Place
        package let end: Place
    }

    package let extents: [Extent]

    /// Finds the statements of a policy's text.
    package init(in text: String) {
        var scan = Scan(bytes: Array(text.utf8))
        scan.run()
        extents = scan.extents
    }
}

/// Walks over a text once: braces, texts, and the key that the value at hand belongs to.
private struct Scan {
    let bytes: [UInt8]
    var extents: [StatementPlaces.Extent] = []
    private var line = 1
    private var column = 1
    private var depth = 0
    /// The last text at the depth of the policy's own members.
    private var key = ""
    /// The depth at which statements open, once `Statement` has begun.
    private var wanted: Int?
    private var start = StatementPlaces.Place(line: 1, column: 1)

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func run() {
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                let end = self.end(ofTextAt: place)
                if depth == 1, wanted == nil { key = String(decoding: bytes[(place + 1)..<(end - 1)], as: UTF8.self) }
                while place < end { step(over: &place) }
                continue
            }
            step(over: &place)
            see(byte)
        }
    }

    private mutating func see(_ byte: UInt8) {
        let here = StatementPlaces.Place(line: line, column: column)
        switch byte {
        case UInt8(ascii: ":") where depth == 1:
            wanted = key == "Statement" ? 1 : nil
            start = here
        case UInt8(ascii: ","):
            if depth == 1 { wanted = nil }
            if depth == wanted { start = here }
        case UInt8(ascii: "["):
            if depth == 1, wanted == 1 {
                wanted = 2
                start = here
            }
            depth += 1
        case UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: "}"):
            depth -= 1
            if let wanted, depth == wanted { extents.append(.init(start: start, end: here)) }
        default: break
        }
    }

    /// The offset behind the closing quote of a text.
    private func end(ofTextAt start: Int) -> Int {
        var place = start + 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return max(min(place + 1, bytes.count), start + 2)
    }

    /// Goes one byte on; only the first byte of a character counts as a column.
    private mutating func step(over place: inout Int) {
        guard place < bytes.count else {
            place += 1
            return
        }
        if bytes[place] == 0x0A {
            line += 1
            column = 1
        } else if bytes[place] & 0xC0 != 0x80 {
            column += 1
        }
        place += 1
    }
}
