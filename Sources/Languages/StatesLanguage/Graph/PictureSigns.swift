/// The signs that pictures are drawn with.
package struct PictureSigns: Hashable, Sendable {
    package let running: Character
    package let succeeded: Character
    package let failed: Character
    let start: Character
    let end: Character
    let arrow: Character
    let separator: Character
    /// By the directions that a line goes in from a place: up 1, right 2, down 4, left 8.
    let lines: [Character]
    /// The corners of a box, from the upper left one on by the clock.
    let corners: [Character]

    /// Box drawing, for whoever reads UTF-8.
    package static let unicode = PictureSigns(
        running: "►", succeeded: "✓", failed: "✗", start: "●", end: "■", arrow: "▼", separator: "┊",
        lines: Array(" │─╰││╭├─╯─┴╮┤┬┼"), corners: Array("┌┐┘└"))

    /// What every terminal and every log has.
    package static let ascii = PictureSigns(
        running: ">", succeeded: "+", failed: "x", start: "o", end: "#", arrow: "v", separator: ":",
        lines: Array(" |-+||++-+-+++++"), corners: Array("++++"))

    /// A text in these signs: what ASCII lacks is `?`, of the same width.
    func text(_ text: String) -> String {
        guard self == .ascii else { return text }
        return text.reduce(into: "") { plain, character in
            switch character {
            case "…": plain += "."
            case "→": plain += ">"
            default:
                plain +=
                    character.isASCII ? "\(character)" : String(repeating: "?", count: TextColumns.width(character))
            }
        }
    }
}
