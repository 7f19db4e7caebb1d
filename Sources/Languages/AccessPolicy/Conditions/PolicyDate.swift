import Core

/// Dates as policies write them: W3C's forms of ISO 8601, or seconds since 1970.
enum PolicyDate {
    /// Reads a date; four digits are a year, any other whole number is seconds.
    static func instant(_ text: String) -> Instant? {
        let bytes = Array(text.utf8)
        guard bytes.count <= 64 else { return nil }
        if bytes.count != 4, let seconds = Int64(text), seconds.magnitude < 1 << 52 {
            return Instant(milliseconds: seconds * 1000)
        }
        var reader = DateDigits(bytes)
        return reader.instant()
    }
}

/// Reads a date of ISO 8601 from its bytes, left to right.
private struct DateDigits {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func instant() -> Instant? {
        guard let year = number(4, 0...9999) else { return nil }
        var (month, day) = (1, 1)
        if take("-") {
            guard let value = number(2, 1...12) else { return nil }
            month = value
            if take("-") {
                guard let value = number(2, 1...31) else { return nil }
                day = value
            }
        }
        let days = Instant.days(year, month, day)
        guard Instant.civil(days) == (year, month, day) else { return nil }
        if isAtEnd { return Instant(milliseconds: Int64(days) * 86_400_000) }
        guard bytes.count > 10, let milliseconds = time() else { return nil }
        return Instant(milliseconds: Int64(days) * 86_400_000 + milliseconds)
    }

    /// The time of the day and its zone, from the `T` on.
    private mutating func time() -> Int64? {
        guard take("T"), let hour = number(2, 0...23), take(":"), let minute = number(2, 0...59) else { return nil }
        var seconds = 0
        var milliseconds = 0
        if take(":") {
            guard let value = number(2, 0...60) else { return nil }
            seconds = value
            if take(".") {
                guard let fraction = fraction() else { return nil }
                milliseconds = fraction
            }
        }
        guard let offset = zone(), isAtEnd else { return nil }
        return Int64((hour * 60 + minute - offset) * 60 + seconds) * 1000 + Int64(milliseconds)
    }

    /// Minutes east of UTC.
    private mutating func zone() -> Int? {
        if take("Z") { return 0 }
        let east = take("+")
        guard east || take("-"), let hours = number(2, 0...23), take(":"), let minutes = number(2, 0...59) else {
            return nil
        }
        return (east ? 1 : -1) * (hours * 60 + minutes)
    }

    /// Milliseconds; what is finer is left out.
    private mutating func fraction() -> Int? {
        let start = place
        while place < bytes.count, bytes[place] &- 0x30 < 10 { place += 1 }
        guard place > start else { return nil }
        let digits = (Array(bytes[start..<place]) + [0x30, 0x30]).prefix(3)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private var isAtEnd: Bool { place == bytes.count }

    private mutating func take(_ character: Character) -> Bool {
        guard place < bytes.count, bytes[place] == character.asciiValue else { return false }
        place += 1
        return true
    }

    private mutating func number(_ digits: Int, _ range: ClosedRange<Int>) -> Int? {
        guard place + digits <= bytes.count else { return nil }
        var value = 0
        for _ in 0..<digits {
            guard bytes[place] &- 0x30 < 10 else { return nil }
            value = value * 10 + Int(bytes[place] - 0x30)
            place += 1
        }
        return range.contains(value) ? value : nil
    }
}
