/// A graph drawn with characters.
///
/// Where two lines cross, the one that goes down is drawn through; where they come together, both are.
package struct GraphPicture {
    private struct Cell {
        var sign: Character = " "
        var ink: PictureLine.Ink = .plain
        /// The second column of a wide character.
        var isCovered = false
        var directions: UInt8 = 0
        var line = -1
    }

    private let width: Int
    private let signs: PictureSigns
    private var cells: [Cell]

    /// How many characters a picture may have; a larger one is no picture any more.
    package static let maximumCells = 4_000_000

    /// The lines of the picture; nothing where it would be wider than `columns`, or too large.
    package static func lines(
        of layout: GraphLayout, columns: Int = .max, sights: [String: StateSight] = [:],
        signs: PictureSigns = .unicode
    ) -> [PictureLine]? {
        guard layout.width <= columns, layout.width <= maximumCells, layout.height <= maximumCells,
            layout.width * layout.height <= maximumCells
        else { return nil }
        var picture = GraphPicture(layout, signs)
        for line in layout.lines {
            for (from, to) in zip(line.points, line.points.dropFirst()) { picture.draw(from, to, line.number) }
        }
        picture.ripen()
        for separator in layout.separators {
            for row in separator.from.row..<separator.from.row + separator.height {
                picture.put(signs.separator, separator.from.column, row, .faint)
            }
        }
        for arrow in layout.arrows { picture.put(signs.arrow, arrow.column, arrow.row, .faint) }
        if let start = layout.start { picture.put(signs.start, start.column, start.row, .faint) }
        for box in layout.boxes { picture.draw(box, sights[box.name]) }
        return picture.lines(layout.height)
    }

    private init(_ layout: GraphLayout, _ signs: PictureSigns) {
        width = layout.width
        self.signs = signs
        cells = Array(repeating: Cell(), count: layout.width * layout.height)
    }

    private mutating func put(_ sign: Character, _ column: Int, _ row: Int, _ ink: PictureLine.Ink) {
        cells[row * width + column].sign = sign
        cells[row * width + column].ink = ink
    }

    private mutating func draw(_ from: GraphLayout.Point, _ to: GraphLayout.Point, _ number: Int) {
        if from.row == to.row {
            let (first, last) = (min(from.column, to.column), max(from.column, to.column))
            for column in first...last {
                add((column > first ? 8 : 0) | (column < last ? 2 : 0), column, from.row, number)
            }
        } else {
            let (first, last) = (min(from.row, to.row), max(from.row, to.row))
            for row in first...last { add((row > first ? 1 : 0) | (row < last ? 4 : 0), from.column, row, number) }
        }
    }

    /// Lets a line go from a cell in some directions.
    private mutating func add(_ directions: UInt8, _ column: Int, _ row: Int, _ line: Int) {
        let place = row * width + column
        if cells[place].line < 0 || cells[place].line == line {
            cells[place].directions |= directions
            cells[place].line = line
        } else if directions & 5 != 0 {
            cells[place].directions = directions
            cells[place].line = line
        }
    }

    /// Turns directions into signs.
    private mutating func ripen() {
        for place in cells.indices where cells[place].directions != 0 {
            cells[place].sign = signs.lines[Int(cells[place].directions)]
            cells[place].ink = .faint
        }
    }

    private mutating func draw(_ box: GraphLayout.Box, _ sight: StateSight?) {
        let frame = box.frame
        let ink: PictureLine.Ink = sight.map { .seen($0.status, isName: false) } ?? .plain
        for column in frame.column...frame.right {
            put(signs.lines[10], column, frame.row, ink)
            put(signs.lines[10], column, frame.bottom, ink)
        }
        for row in frame.row...frame.bottom {
            put(signs.lines[5], frame.column, row, ink)
            put(signs.lines[5], frame.right, row, ink)
        }
        put(signs.corners[0], frame.column, frame.row, ink)
        put(signs.corners[1], frame.right, frame.row, ink)
        put(signs.corners[2], frame.right, frame.bottom, ink)
        put(signs.corners[3], frame.column, frame.bottom, ink)
        for port in box.ports { put(port.label ?? signs.lines[14], port.column, frame.bottom, ink) }
        if let end = box.end { put(signs.end, end, frame.bottom, ink) }
        for (offset, row) in box.text.lines.enumerated() {
            write(row, frame.column + 2, frame.row + 1 + offset, frame.width - 4, sight)
        }
    }

    private mutating func write(
        _ text: BoxText.Row, _ column: Int, _ row: Int, _ columns: Int, _ sight: StateSight?
    ) {
        var column = column
        let ink: PictureLine.Ink =
            switch text.part {
            case .name: sight.map { .seen($0.status, isName: true) } ?? .name
            case .note: sight.map { .seen($0.status, isName: false) } ?? .faint
            case .detail, .exit: .faint
            }
        let note = sight.map { "\($0.status.mark(signs)) \(TextColumns.clean($0.note))" } ?? ""
        let shown = text.part == .note ? TextColumns.cut(note, to: columns) : text.text
        for character in signs.text(shown) {
            put(character, column, row, ink)
            let taken = TextColumns.width(character)
            if taken == 2 { cells[row * width + column + 1].isCovered = true }
            column += taken
        }
    }

    private func lines(_ height: Int) -> [PictureLine] {
        (0..<height).map { row in
            var line = PictureLine()
            for cell in cells[row * width..<(row + 1) * width] where !cell.isCovered {
                line.append(String(cell.sign), cell.ink)
            }
            return line
        }
    }
}
