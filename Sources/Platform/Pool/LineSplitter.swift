import NIOCore

/// Cuts what a function prints into the lines that become log events.
///
/// Pure. A line longer than an event may be is cut; a line without its end waits for it, or for `finish`.
struct LineSplitter {
    /// Bytes of one log event: CloudWatch's 256 KB less its own 26.
    static let lineLimit = 256 * 1024 - 26

    private var rest: [UInt8] = []

    /// Takes bytes as they come; gives whole lines without their line feed.
    mutating func split(_ bytes: ByteBuffer) -> [String] {
        var lines: [String] = []
        var view = bytes.readableBytesView[...]
        while let end = view.firstIndex(of: UInt8(ascii: "\n")) {
            append(view[..<end], to: &lines)
            lines.append(take())
            view = view[(end + 1)...]
        }
        append(view, to: &lines)
        return lines
    }

    /// The last line, where it has no end.
    mutating func finish() -> String? { rest.isEmpty ? nil : take() }

    /// Keeps a part of a line, less what fills whole events.
    private mutating func append(_ part: ByteBufferView, to lines: inout [String]) {
        var part = part
        while rest.count + part.count > Self.lineLimit {
            let room = Self.lineLimit - rest.count
            rest.append(contentsOf: part.prefix(room))
            lines.append(take())
            part = part.dropFirst(room)
        }
        rest.append(contentsOf: part)
    }

    private mutating func take() -> String {
        defer { rest.removeAll(keepingCapacity: true) }
        return String(decoding: rest, as: UTF8.self)
    }
}
