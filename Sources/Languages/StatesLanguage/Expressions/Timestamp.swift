import Core

/// A time as RFC 3339 writes it, to the nanosecond: `2016-03-14T01:59:00Z`.
package struct Timestamp: Hashable, Sendable, Comparable {
    package let seconds: Int64
    package let nanoseconds: Int64

    /// The same time in milliseconds, cut off.
    package var instant: Instant { Instant(milliseconds: seconds * 1000 + nanoseconds / 1_000_000) }

    /// Reads the text; `T` and `Z` are upper case, as the language demands.
    package init?(_ text: String) {
        var bytes = ArraySlice(text.utf8)
        guard bytes.count <= 64 else { return nil }
        func number(_ digits: Int) -> Int? {
            guard bytes.count >= digits else { return nil }
            var value = 0
            for _ in 0..<digits {
                guard let byte = bytes.popFirst(), byte &- 0x30 < 10 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        func take(_ character: Unicode.Scalar) -> Bool {
            guard bytes.first == UInt8(ascii: character) else { return false }
            bytes.removeFirst()
            return true
        }
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2), take("T"),
            let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2),
            (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if take(".") {
            var scale: Int64 = 100_000_000
            guard let first = bytes.first, first &- 0x30 < 10 else { return nil }
            while let byte = bytes.first, byte &- 0x30 < 10 {
                fraction += Int64(byte - 0x30) * scale
                scale /= 10
                bytes.removeFirst()
            }
        }
        var offset = 0
        if !take("Z") {
            let isBehind = bytes.first == UInt8(ascii: "-")
            guard take("+") || take("-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24,
                minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isBehind ? -60 : 60)
        }
        guard bytes.isEmpty else { return nil }
        let inDay = hour * 3600 + minute * 60 + second - offset
        seconds = Int64(Instant.days(year, month, day) * 86_400 + inDay)
        nanoseconds = fraction
    }

    /// Orders times.
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
