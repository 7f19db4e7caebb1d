/// One part of a date in a picture: `[D1o]`, `[MNn,3-3]` and the like.
struct DateMarker {
    /// The letter of what is shown: `Y` for the year and so on.
    let component: Character
    /// How names are written, where it is shown by name.
    private(set) var names: IntegerPicture.LetterCase?
    /// How numbers are written.
    private(set) var integer: IntegerPicture?
    /// How many characters a name has at most.
    private(set) var longest: Int?
    /// How many digits of the year are shown; `nil` for all.
    private(set) var yearDigits: Int?
    /// UTC is `Z`.
    private(set) var isTraditional = false

    private static let defaults: [Character: String] = [
        "Y": "1", "M": "1", "D": "1", "d": "1", "F": "n", "W": "1", "w": "1", "X": "1", "x": "1", "H": "1", "h": "1",
        "P": "n", "m": "01", "s": "01", "f": "1", "Z": "01:01", "z": "01:01", "C": "n", "E": "n",
    ]

    /// Reads what is between brackets; white space in it means nothing.
    init(parsing text: String) throws(JSONataError) {
        let marker = text.filter { !$0.isWhitespace }
        guard let letter = marker.first else { throw JSONataError("D3132", value: "\"\"") }
        component = letter
        var presentation = marker.dropFirst()
        var shortest: Int?
        if let comma = presentation.lastIndex(of: ",") {
            let widths = presentation[presentation.index(after: comma)...].split(
                separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            shortest = Self.width(widths[0])
            longest = widths.count > 1 ? Self.width(widths[1]) : nil
            presentation = presentation[..<comma]
        }
        var modifier: Character?
        if presentation.count > 1, let last = presentation.last, "atco".contains(last) {
            modifier = last
            presentation = presentation.dropLast()
        }
        isTraditional = modifier == "t"
        guard let first = Self.defaults[component].map({ presentation.isEmpty ? $0 : String(presentation) }) else {
            throw JSONataError("D3132", value: Value.string(String(component)).shown)
        }
        try present(first, modifier, shortest)
    }

    private static func width(_ text: Substring) -> Int? { Int(text).map { min(max($0, 0), 100) } }

    private mutating func present(
        _ presentation: String, _ modifier: Character?, _ shortest: Int?
    ) throws(JSONataError) {
        if presentation.hasPrefix("n") {
            names = .lower
        } else if presentation.hasPrefix("N") {
            names = presentation.hasPrefix("Nn") ? .title : .upper
        } else if "YMDdFWwXxHhmsf".contains(component) {
            var picture = try IntegerPicture(parsing: modifier.map { "\(presentation);\($0)" } ?? presentation)
            if let shortest, let digits = picture.digits, digits.mandatory < shortest {
                picture.digits?.mandatory = shortest
            }
            if component == "Y" { setYear(&picture) }
            integer = picture
        }
        if component == "Z" || component == "z" { integer = try IntegerPicture(parsing: presentation) }
    }

    private mutating func setYear(_ picture: inout IntegerPicture) {
        if let longest {
            yearDigits = longest
            picture.digits?.mandatory = longest
        } else if let digits = picture.digits, digits.mandatory + digits.optional >= 2 {
            yearDigits = digits.mandatory + digits.optional
        }
    }
}
