/// Numbers as columns of a spreadsheet are numbered: a to z, then aa.
enum NumberLetters {
    /// The number in small letters; nothing for 0.
    static func text(_ number: Int) -> String {
        var letters: [UInt8] = []
        var rest = number
        while rest > 0 {
            letters.append(UInt8(ascii: "a") + UInt8((rest - 1) % 26))
            rest = (rest - 1) / 26
        }
        return String(decoding: letters.reversed(), as: UTF8.self)
    }

    /// The number of small letters.
    static func number(_ text: String) -> Double? {
        var number = 0.0
        for byte in text.utf8 {
            guard UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte else { return nil }
            number = number * 26 + Double(byte - UInt8(ascii: "a") + 1)
        }
        return number
    }
}
