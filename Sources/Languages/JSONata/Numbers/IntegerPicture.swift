/// A picture of `$formatInteger` and `$parseInteger`, and of the numbers in dates (XPath and XQuery Functions 3.1, section 4.6).
struct IntegerPicture {
    /// How letters are written.
    enum LetterCase {
        case lower
        case upper
        case title
    }

    /// What numbers become.
    enum Form {
        case decimal(DigitPattern)
        case letters(LetterCase)
        case roman(LetterCase)
        case words(LetterCase)
        /// A numbering that nobody defined.
        case sequence(String)
    }

    private(set) var form: Form
    let isOrdinal: Bool

    /// Reads a picture; what is behind its last semicolon says whether numbers are ordinal.
    init(parsing text: String) throws(JSONataError) {
        guard text.utf8.count <= PictureLimit.bytes else { throw PictureLimit.error }
        var primary = text
        var modifier: Substring = ""
        if let mark = text.lastIndex(of: ";") {
            primary = String(text[..<mark])
            modifier = text[text.index(after: mark)...]
        }
        isOrdinal = modifier.first == "o"
        switch primary {
        case "A": form = .letters(.upper)
        case "a": form = .letters(.lower)
        case "I": form = .roman(.upper)
        case "i": form = .roman(.lower)
        case "W": form = .words(.upper)
        case "w": form = .words(.lower)
        case "Ww": form = .words(.title)
        default:
            let pattern = try DigitPattern(parsing: primary)
            form = pattern.mandatory > 0 ? .decimal(pattern) : .sequence(primary)
        }
    }

    /// The digits, where the form is decimal; can be changed.
    var digits: DigitPattern? {
        get { if case .decimal(let pattern) = form { pattern } else { nil } }
        set { if let newValue { form = .decimal(newValue) } }
    }

    private static func unsupported(_ token: String) -> JSONataError {
        JSONataError("D3130", value: Value.string(token).shown)
    }

    /// The greatest number that is written in roman digits or letters.
    private static let greatest = 1_000_000.0

    /// The whole number as the picture has it.
    func text(_ number: Double) throws(JSONataError) -> String {
        let value = number.magnitude
        let sign = number < 0 ? "-" : ""
        switch form {
        case .decimal(let pattern): return sign + pattern.text(value) + (isOrdinal ? Self.ending(value) : "")
        case .words(let letters):
            return sign + Self.cased(NumberWords.text(value, isOrdinal: isOrdinal), letters)
        case .letters(let letters):
            try Self.check(value)
            return sign + Self.cased(NumberLetters.text(Int(value)), letters)
        case .roman(let letters):
            try Self.check(value)
            return sign + Self.cased(RomanNumber.text(Int(value)), letters)
        case .sequence(let token): throw Self.unsupported(token)
        }
    }

    private static func check(_ value: Double) throws(JSONataError) {
        guard value <= greatest else { throw JSONataError("D1001", value: NumberText.shortest(value)) }
    }

    private static func cased(_ text: String, _ letters: LetterCase) -> String {
        switch letters {
        case .lower: text.lowercased()
        case .upper: text.uppercased()
        case .title: text
        }
    }

    private static func ending(_ value: Double) -> String {
        let last = Int(value.truncatingRemainder(dividingBy: 100))
        if last / 10 == 1 { return "th" }
        switch last % 10 {
        case 1: return "st"
        case 2: return "nd"
        case 3: return "rd"
        default: return "th"
        }
    }

    /// The number that a text is in this form; `nil` where it is none.
    func number(_ text: String) throws(JSONataError) -> Double? {
        switch form {
        case .decimal(let pattern):
            return pattern.number(isOrdinal ? String(text.dropLast(2)) : text)
        case .words: return NumberWords.number(text.lowercased())
        case .letters: return NumberLetters.number(text.lowercased())
        case .roman: return RomanNumber.number(text.lowercased())
        case .sequence(let token): throw Self.unsupported(token)
        }
    }

    /// A regular expression for texts of this form, of so many digits if that is said.
    func expression(digits count: Int?) throws(JSONataError) -> String {
        switch form {
        case .decimal: return "[0-9]" + (count.map { "{\($0)}" } ?? "+") + (isOrdinal ? "(?:th|st|nd|rd)" : "")
        case .words: return "(?:" + NumberWords.known.joined(separator: "|") + "|and|[\\-, ])+"
        case .letters: return "[a-z]+"
        case .roman: return "[mdclxvi]+"
        case .sequence(let token): throw Self.unsupported(token)
        }
    }
}
