/// A part of the terminal that is drawn again and again at the same place, and stays when all is over.
struct LiveScreen {
    private var drawn = 0
    private var size = Terminal.size

    /// Draws lines, none of which may be wider than the terminal, and not more than it has rows.
    mutating func show(_ lines: [String]) {
        let now = Terminal.size
        // After a change of size nobody knows where what was drawn has gone.
        var text = now == size ? "\r" + (drawn > 1 ? "\u{1B}[\(drawn - 1)A" : "") : "\u{1B}[H\u{1B}[2J"
        size = now
        text += lines.map { "\($0)\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J"
        drawn = lines.count
        Terminal.write(Array(text.utf8))
    }

    /// Leaves what was drawn where it is.
    func end() { if drawn > 0 { Terminal.write(Array("\r\n".utf8)) } }
}
