/// Numbers in roman digits.
enum RomanNumber {
    private static let numerals: [(value: Int, text: String)] = [
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
        (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ]

    /// The number in small letters; nothing for 0.
    static func text(_ number: Int) -> String {
        var text = ""
        var rest = number
        for numeral in numerals {
            text += String(repeating: numeral.text, count: rest / numeral.value)
            rest %= numeral.value
        }
        return text
    }

    /// The number of small letters; a smaller one before a greater one is taken away.
    static func number(_ text: String) -> Double? {
        let values: [Character: Double] = ["m": 1000, "d": 500, "c": 100, "l": 50, "x": 10, "v": 5, "i": 1]
        var sum = 0.0
        var greatest = 1.0
        for letter in text.reversed() {
            guard let value = values[letter] else { return nil }
            sum += value < greatest ? -value : value
            greatest = max(greatest, value)
        }
        return sum
    }
}
