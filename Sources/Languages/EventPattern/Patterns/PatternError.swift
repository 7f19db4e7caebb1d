/// Why a text is not a pattern, and where in it.
package struct PatternError: Error, Hashable, Sendable {
    package let flaw: PatternFlaw
    /// The place before which the flaw was found; `nil` where the whole is meant.
    package let place: Place?
    private let location: String

    /// A line and a column, counted in characters of UTF-16, from 1.
    package struct Place: Hashable, Sendable {
        package let line: Int
        package let column: Int

        /// Counts up to an offset.
        init(before offset: Int, in text: [UInt8]) {
            let before = text[..<min(offset, text.count)]
            let last = before.lastIndex(of: UInt8(ascii: "\n")).map { before[($0 + 1)...] } ?? before
            line = before.count { $0 == UInt8(ascii: "\n") } + 1
            column = String(decoding: last, as: UTF8.self).utf16.count + 1
        }

        /// How much of a pattern an error repeats, in characters.
        private static let shown = 500

        /// The place as the service says it, with the text it is in.
        func described(in text: [UInt8]) -> String {
            let whole = String(decoding: text, as: UTF8.self)
            let shown = whole.prefix(Self.shown)
            let rest = whole.count - shown.count
            let source = rest == 0 ? "\"\(whole)\"" : "\"\(shown)\"[truncated \(rest) chars]"
            return "Source: (String)\(source); line: \(line), column: \(column)"
        }
    }

    /// Says what is wrong; the place stands before the byte at `offset`.
    ///
    /// The service says the place of a flaw inside a list twice.
    init(_ flaw: PatternFlaw, in text: [UInt8], at offset: Int, timesPlaced: Int = 1) {
        self.flaw = flaw
        place = flaw.hasPlace ? Place(before: offset, in: text) : nil
        location = place.map { String(repeating: "\n at [\($0.described(in: text))]", count: timesPlaced) } ?? ""
    }
}

extension PatternError: CustomStringConvertible {
    /// What is wrong and, on a line of its own, where: as the service says it behind `Reason: `.
    package var description: String { flaw.description + location }
}
