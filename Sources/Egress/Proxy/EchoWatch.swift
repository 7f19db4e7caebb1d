import NIOCore

/// Looks for secrets in what a server sends back, across the borders of pieces.
///
/// A service that repeats its request (in a `Location`, an error page, a debugging aid) would hand the secret to the
/// function. What could be the beginning of a secret waits for what comes behind it: else whoever has the answer cut into
/// pieces would be handed all of a secret but its last byte. What is compressed or encoded in another way is not seen.
struct EchoWatch: Sendable {
    private let needles: [[UInt8]]
    /// What may be the beginning of one of them; shorter than it.
    private var held: [UInt8] = []

    /// Watches for each of these byte sequences.
    init(_ needles: [[UInt8]]) { self.needles = needles.filter { !$0.isEmpty } }

    /// Whether nothing is looked for.
    var isIdle: Bool { needles.isEmpty }

    /// Whether one of them is in what has come whole.
    func finds(in whole: [UInt8]) -> Bool { needles.contains { Self.contains(whole.span, $0.span) } }

    /// What may be passed on now that this piece has come; `nil` where one of them has come with it.
    mutating func pass(_ piece: ByteBuffer) -> ByteBuffer? {
        guard !isIdle else { return piece }
        let bytes = held + piece.readableBytesView
        guard !finds(in: bytes) else { return nil }
        let count = needles.map { Self.beginning(of: $0.span, endsIn: bytes.span) }.max() ?? 0
        held = Array(bytes.suffix(count))
        return ByteBuffer(bytes: bytes.dropLast(count))
    }

    /// What still waited, when nothing more comes.
    mutating func end() -> ByteBuffer {
        defer { held = [] }
        return ByteBuffer(bytes: held)
    }

    private static func contains(_ bytes: Span<UInt8>, _ needle: Span<UInt8>) -> Bool {
        guard bytes.count >= needle.count else { return false }
        return (0...(bytes.count - needle.count)).contains { has(bytes, needle, at: $0, needle.count) }
    }

    /// How many bytes at the end are a beginning of the needle; the most, if there are several.
    private static func beginning(of needle: Span<UInt8>, endsIn bytes: Span<UInt8>) -> Int {
        var count = min(needle.count - 1, bytes.count)
        while count > 0, !has(bytes, needle, at: bytes.count - count, count) { count -= 1 }
        return count
    }

    /// Whether the first bytes of the needle stand at a place.
    private static func has(_ bytes: Span<UInt8>, _ needle: Span<UInt8>, at start: Int, _ count: Int) -> Bool {
        var index = 0
        while index < count, bytes[start + index] == needle[index] { index += 1 }
        return index == count
    }
}
