import NIOCore

/// Looks for secrets in what a server sends back, across the borders of pieces.
///
/// A service that repeats its request (in a `Location`, an error page, a debugging aid) would hand the secret to the
/// function. What is compressed or encoded in another way is not seen.
struct EchoWatch: Sendable {
    private let needles: [[UInt8]]
    private let overlap: Int
    private var tail: [UInt8] = []

    /// Watches for each of these byte sequences, none of which is empty.
    init(_ needles: [[UInt8]]) {
        self.needles = needles.filter { !$0.isEmpty }
        overlap = max(0, (self.needles.map(\.count).max() ?? 0) - 1)
    }

    /// Whether nothing is looked for.
    var isIdle: Bool { needles.isEmpty }

    /// Whether one of them has come, with this piece or across its beginning.
    mutating func finds(in piece: some Collection<UInt8>) -> Bool {
        guard !needles.isEmpty else { return false }
        let bytes = tail + piece
        tail = Array(bytes.suffix(overlap))
        let span = bytes.span
        return needles.contains { Self.contains(span, $0.span) }
    }

    private static func contains(_ bytes: Span<UInt8>, _ needle: Span<UInt8>) -> Bool {
        guard bytes.count >= needle.count else { return false }
        for start in 0...(bytes.count - needle.count) where bytes[start] == needle[0] {
            var index = 1
            while index < needle.count, bytes[start + index] == needle[index] { index += 1 }
            if index == needle.count { return true }
        }
        return false
    }
}
