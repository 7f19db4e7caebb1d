/// One line of a picture for a terminal: texts, and what each one is.
package struct PictureLine: Hashable, Sendable {
    /// What a text is; who shows it gives it its colour.
    package enum Ink: Hashable, Sendable {
        case plain
        /// Lines between boxes, and what is said besides.
        case faint
        case name
        /// A frame, name or mark of a state that has been entered.
        case seen(StateSight.Status, isName: Bool)
    }

    /// A piece in one ink.
    package struct Span: Hashable, Sendable {
        package var text: String
        package let ink: Ink
    }

    package private(set) var spans: [Span] = []

    /// Has no text.
    package init() {}

    /// Adds a text.
    package mutating func append(_ text: String, _ ink: Ink) {
        if spans.last?.ink == ink {
            spans[spans.count - 1].text += text
        } else if !text.isEmpty {
            spans.append(Span(text: text, ink: ink))
        }
    }

    /// The line cut to so many columns.
    package func cut(to columns: Int) -> PictureLine {
        var line = PictureLine()
        var rest = columns
        for span in spans where rest > 0 {
            let text = TextColumns.cut(span.text, to: rest)
            line.append(text, span.ink)
            rest -= TextColumns.count(text)
        }
        return line
    }

    /// The text alone, without spaces at its end.
    package var text: String {
        let text = spans.map(\.text).joined()
        return String(text.reversed().drop { $0 == " " }.reversed())
    }
}
