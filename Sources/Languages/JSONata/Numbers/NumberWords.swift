/// Numbers in English words.
enum NumberWords {
    private static let few = [
        "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
        "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
    ]
    private static let ordinals = [
        "Zeroth", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth",
        "Eleventh", "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth",
        "Nineteenth",
    ]
    private static let decades = ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"]
    private static let magnitudes = ["Thousand", "Million", "Billion", "Trillion"]

    /// A whole number from 0, each word with a capital letter.
    static func text(_ number: Double, isOrdinal: Bool) -> String {
        words(number, isContinued: false, isOrdinal: isOrdinal)
    }

    /// Recurses once for each magnitude, of which a number has less than thirty.
    private static func words(_ number: Double, isContinued: Bool, isOrdinal: Bool) -> String {
        if number < 20 {
            return (isContinued ? " and " : "") + (isOrdinal ? ordinals : few)[Int(number)]
        }
        if number < 100 {
            let decade = decades[Int(number) / 10 - 2]
            let start = isContinued ? " and " : ""
            let rest = Int(number) % 10
            if rest > 0 { return start + decade + "-" + (isOrdinal ? ordinals : few)[rest] }
            return start + (isOrdinal ? decade.dropLast() + "ieth" : decade)
        }
        var unit = 100.0
        var name = "Hundred"
        for (power, magnitude) in magnitudes.enumerated() where number >= Decimals.power(10, Double(3 * power + 3)) {
            unit = Decimals.power(10, Double(3 * power + 3))
            name = magnitude
        }
        let count = (number / unit).rounded(.down)
        let rest = number - count * unit
        let start = (isContinued ? ", " : "") + words(count, isContinued: false, isOrdinal: false) + " " + name
        guard rest >= 1 else { return start + (isOrdinal ? "th" : "") }
        return start + words(rest, isContinued: true, isOrdinal: isOrdinal)
    }

    private static let values: [String: Double] = {
        var values: [String: Double] = ["hundred": 100, "hundredth": 100]
        for (number, (cardinal, ordinal)) in zip(few, ordinals).enumerated() {
            values[cardinal.lowercased()] = Double(number)
            values[ordinal.lowercased()] = Double(number)
        }
        for (index, decade) in decades.enumerated() {
            values[decade.lowercased()] = Double(10 * index + 20)
            values[decade.lowercased().dropLast() + "ieth"] = Double(10 * index + 20)
        }
        for (index, magnitude) in magnitudes.enumerated() {
            values[magnitude.lowercased()] = Decimals.power(10, Double(3 * index + 3))
            values[magnitude.lowercased() + "th"] = Decimals.power(10, Double(3 * index + 3))
        }
        return values
    }()

    /// All words in small letters, longer ones before those that they begin with.
    static let known = values.keys.sorted { ($1.count, $0) < ($0.count, $1) }

    /// The number of words in small letters.
    static func number(_ text: String) -> Double? {
        var segments = [0.0]
        for word in text.split(whereSeparator: { !$0.isLetter }) where word != "and" {
            guard let value = values[String(word)], let last = segments.popLast() else { return nil }
            if value >= 100 {
                segments.append(last * value)
            } else if last >= 1000 {
                segments += [last, value]
            } else {
                segments.append(last + value)
            }
        }
        return segments.reduce(0, +)
    }
}
