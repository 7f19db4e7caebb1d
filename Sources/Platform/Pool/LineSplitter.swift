import NIOCore

/// Cuts what a function prints into log events: lines, and the frames in which runtimes send events of several lines.
///
/// Pure. An event longer than one may be is cut; a line without its end waits for it, or for `finish`. A frame ends a line
/// that was not finished. What only looks like the head of a frame is text.
struct LineSplitter {
    /// Bytes of one log event: CloudWatch's 256 KB less its own 26.
    static let lineLimit = 256 * 1024 - 26

    /// The line or the message that has not ended yet.
    private var rest: [UInt8] = []
    /// What may become the head of a frame.
    private var head: [UInt8] = []
    /// Bytes of a frame's message that are still to come.
    private var left = 0

    /// Takes bytes as they come; gives whole events without a line feed at their end.
    mutating func split(_ bytes: ByteBuffer) -> [String] {
        var events: [String] = []
        var view = bytes.readableBytesView[...]
        while !view.isEmpty {
            if left > 0 {
                let message = view.prefix(left)
                left -= message.count
                append(message, &events)
                if left == 0 { endMessage(&events) }
                view = view.dropFirst(message.count)
            } else if !head.isEmpty {
                head.append(view.removeFirst())
                endHead(&events)
            } else {
                let end = Self.startOfHead(in: view)
                takeText(view[..<end], &events)
                head += view[end...].prefix(LogFrame.size)
                view = view[end...].dropFirst(LogFrame.size)
                endHead(&events)
            }
        }
        return events
    }

    /// The last line, where it has no end, or what there is of a frame.
    mutating func finish() -> String? {
        rest += head
        head = []
        left = 0
        return rest.isEmpty ? nil : take()
    }

    private mutating func takeText(_ text: ByteBufferView, _ events: inout [String]) {
        var text = text
        while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
            append(text[..<end], &events)
            events.append(take())
            text = text[(end + 1)...]
        }
        append(text, &events)
    }

    /// Where the next head begins, or what may become one with the bytes that follow; every byte is looked at once.
    private static func startOfHead(in view: ByteBufferView) -> ByteBufferView.Index {
        var from = view.startIndex
        while let mark = view[from...].firstIndex(of: LogFrame.firstByte) {
            from = mark + 1
            guard from == view.endIndex || view[from] == LogFrame.secondByte else { continue }
            if LogFrame(view[mark...].prefix(LogFrame.size)) != .none { return mark }
        }
        return view.endIndex
    }

    private mutating func endHead(_ events: inout [String]) {
        guard !head.isEmpty else { return }
        switch LogFrame(head) {
        case .incomplete: break
        case .whole(let length):
            if !rest.isEmpty { events.append(take()) }
            head = []
            left = length
        case .none:
            let text = head
            head = []
            append(text.prefix(1), &events)
            events += split(ByteBuffer(bytes: text.dropFirst()))
        }
    }

    private mutating func endMessage(_ events: inout [String]) {
        if rest.last == UInt8(ascii: "\n") { rest.removeLast() }
        if !rest.isEmpty { events.append(take()) }
    }

    private mutating func append(_ bytes: some Collection<UInt8>, _ events: inout [String]) {
        var bytes = bytes[...]
        while rest.count + bytes.count > Self.lineLimit {
            let piece = bytes.prefix(Self.lineLimit - rest.count)
            bytes = bytes.dropFirst(piece.count)
            rest.append(contentsOf: piece)
            events.append(take())
        }
        rest.append(contentsOf: bytes)
    }

    private mutating func take() -> String {
        defer { rest.removeAll(keepingCapacity: true) }
        return String(decoding: rest, as: UTF8.self)
    }
}
