/// Rows as text: aligned columns under a heading for people, tabs and no heading for pipes.
struct Table {
    let headings: [String]
    var rows: [[String]] = []

    /// The lines to print.
    func lines(interactive: Bool) -> [String] {
        guard interactive else { return rows.map { $0.joined(separator: "\t") } }
        let all = [headings] + rows
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
