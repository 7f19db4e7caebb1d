/// Reads the footer of a zone file: RFC 8536, section 3.3, and POSIX's `TZ`.
struct ZoneFooterParser {
    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    /// `std offset [dst [offset] , start [/time] , end [/time]]`; `nil` if it is something else.
    mutating func footer() -> ZoneFooter? {
        // POSIX counts to the west.
        guard name(), let west = time(hours: 24) else { return nil }
        if place == bytes.endIndex { return ZoneFooter(standard: -west, daylight: nil) }
        guard name() else { return nil }
        var offset = 3600 - west
        if place < bytes.endIndex, bytes[place] != UInt8(ascii: ",") {
            guard let west = time(hours: 24) else { return nil }
            offset = -west
        }
        guard take(","), let start = moment(), take(","), let end = moment(), place == bytes.endIndex else {
            return nil
        }
        return ZoneFooter(standard: -west, daylight: ZoneFooter.Daylight(offset: offset, start: start, end: end))
    }

    /// Three or more letters, or anything in angle brackets.
    private mutating func name() -> Bool {
        let start = place
        if take("<") {
            while place < bytes.endIndex, bytes[place] != UInt8(ascii: ">") { place += 1 }
            return place - start >= 4 && take(">")
        }
        while place < bytes.endIndex, Character(Unicode.Scalar(bytes[place])).isASCIILetter { place += 1 }
        return place - start >= 3
    }

    private mutating func moment() -> ZoneFooter.Moment? {
        guard let day = day() else { return nil }
        guard take("/") else { return ZoneFooter.Moment(day: day, second: 7200) }
        // RFC 8536 goes further than POSIX, to a week before and behind the day.
        guard let second = time(hours: 167) else { return nil }
        return ZoneFooter.Moment(day: day, second: second)
    }

    private mutating func day() -> ZoneFooter.Moment.Day? {
        if take("J") { return number(1...365).map { .withoutLeapDay($0) } }
        guard take("M") else { return number(0...365).map { .ofYear($0) } }
        guard let month = number(1...12), take("."), let week = number(1...5), take("."), let weekday = number(0...6)
        else { return nil }
        return .weekday(weekday, week: week, month: month)
    }

    /// Seconds of `[+-]hh[:mm[:ss]]`.
    private mutating func time(hours limit: Int) -> Int64? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard var seconds = number(0...limit).map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] where take(":") {
            guard let value = number(0...59) else { return nil }
            seconds += value * unit
        }
        return Int64(isNegative ? -seconds : seconds)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let digits = bytes[place...].prefix(while: \.isDigit)
        place = digits.endIndex
        return ExpressionParser.number(digits, upTo: range.upperBound).flatMap { range.contains($0) ? $0 : nil }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard place < bytes.endIndex, bytes[place] == character.asciiValue else { return false }
        place += 1
        return true
    }
}

extension Character {
    fileprivate var isASCIILetter: Bool { isASCII && isLetter }
}
