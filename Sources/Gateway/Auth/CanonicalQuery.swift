/// The query of a request as its signature covers it: every pair with `=`, sorted by name, then by value.
///
/// Escapes stay as they were sent, so that no two spellings of a query have one signature.
struct CanonicalQuery: Sendable {
    private struct Pair {
        var start: Int
        var equals: Int
        var end: Int
    }

    private var text: [UInt8] = []
    private var pairs: [Pair] = []

    /// Appends the canonical form of `query`, without the pair called `excluded`.
    mutating func append(_ query: Span<UInt8>, excluding excluded: String?, to bytes: inout [UInt8]) {
        guard !query.isEmpty else { return }
        text.removeAll(keepingCapacity: true)
        pairs.removeAll(keepingCapacity: true)
        var start = 0
        while start <= query.count {
            var end = start
            while end < query.count, query[end] != UInt8(ascii: "&") { end += 1 }
            take(query.extracting(start..<end), excluding: excluded)
            start = end + 1
        }
        sort()
        for (index, pair) in pairs.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            bytes.append(contentsOf: text[pair.start..<pair.end])
        }
    }

    private mutating func take(_ pair: Span<UInt8>, excluding excluded: String?) {
        var equals = 0
        while equals < pair.count, pair[equals] != UInt8(ascii: "=") { equals += 1 }
        if let excluded, ASCII.equal(pair.extracting(0..<equals), excluded.utf8Span.span) { return }
        let start = text.count
        encode(pair.extracting(0..<equals))
        let middle = text.count
        text.append(UInt8(ascii: "="))
        if equals < pair.count { encode(pair.extracting(equals + 1..<pair.count)) }
        pairs.append(Pair(start: start, equals: middle, end: text.count))
    }

    /// Escapes what a careful client would have escaped; `+` is the space of forms.
    private mutating func encode(_ part: Span<UInt8>) {
        for index in 0..<part.count {
            let byte = part[index]
            if ASCII.isUnreserved(byte) || byte == UInt8(ascii: "%") {
                text.append(byte)
            } else {
                ASCII.appendEscaped(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte, to: &text)
            }
        }
    }

    private mutating func sort() {
        guard pairs.count > 1 else { return }
        let text = text
        pairs.sort { left, right in
            let (name, other) = (text[left.start..<left.equals], text[right.start..<right.equals])
            if name != other[...] { return name.lexicographicallyPrecedes(other) }
            return text[left.equals..<left.end].lexicographicallyPrecedes(text[right.equals..<right.end])
        }
    }
}
