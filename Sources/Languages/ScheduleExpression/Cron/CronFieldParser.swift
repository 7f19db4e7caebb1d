/// Reads one field: values, ranges, steps and lists of them, and the letters of the two fields of days.
struct CronFieldParser {
    private let field: CronField
    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ field: CronField, _ bytes: ArraySlice<UInt8>) {
        self.field = field
        self.bytes = bytes
        place = bytes.startIndex
    }

    /// All values of a list, in no order.
    func values() throws(ExpressionFlaw) -> [Int] {
        var parser = self
        var values: [Int] = []
        repeat { values += try parser.item() } while parser.take(",")
        try parser.requireEnd()
        return values
    }

    /// All values of a list as a set of bits; for fields whose values are below 64.
    func mask() throws(ExpressionFlaw) -> UInt64 { try values().reduce(0) { $0 | 1 << UInt64($1) } }

    /// `*`, a value, or a range; with a step or without.
    private mutating func item() throws(ExpressionFlaw) -> [Int] {
        var (first, last) = (field.range.lowerBound, field.range.upperBound)
        var isRange = true
        if !take("*") {
            first = try value()
            isRange = take("-")
            if isRange {
                let start = place
                last = try value()
                if field == .year, last < first { throw flaw(.backwards(field), at: start) }
            }
        }
        let hasStep = take("/")
        let step = hasStep ? try number(1...field.longestStep, .badStep(field)) : 1
        guard isRange || hasStep else { return [first] }
        let (highest, count) = (field.range.upperBound, field.range.count)
        if last < first { last += count }
        return stride(from: first, through: last, by: step).map { $0 > highest ? $0 - count : $0 }
    }

    /// `L`, `L-3`, `LW`, `L-3W`, `15W`, or a list.
    func daysOfMonth() throws(ExpressionFlaw) -> MonthDays {
        var parser = self
        if parser.take("L") {
            let before = parser.take("-") ? try parser.number(1...30, .badValue(field)) : 0
            let isWeekday = parser.take("W")
            try parser.requireEnd()
            return .last(before: before, nearestWeekday: isWeekday)
        }
        if bytes.last == UInt8(ascii: "W") {
            let day = try parser.number(field.range, .badValue(field))
            guard parser.take("W") else { throw parser.flaw(.badValue(field)) }
            try parser.requireEnd()
            return .nearestWeekday(day)
        }
        return .days(try mask())
    }

    /// `L`, `6L`, `6#3`, or a list.
    func daysOfWeek() throws(ExpressionFlaw) -> MonthDays {
        var parser = self
        if parser.take("L") {
            try parser.requireEnd()
            return .weekdays(1 << UInt64(field.range.upperBound))
        }
        if bytes.contains(UInt8(ascii: "#")) {
            let day = try parser.value()
            guard parser.take("#") else { throw parser.flaw(.badValue(field)) }
            let count = try parser.number(1...5, .badValue(field))
            try parser.requireEnd()
            return .nth(count, weekday: day)
        }
        if bytes.last == UInt8(ascii: "L") {
            let day = try parser.value()
            guard parser.take("L") else { throw parser.flaw(.badValue(field)) }
            try parser.requireEnd()
            return .lastOf(weekday: day)
        }
        return .weekdays(try mask())
    }

    /// A number or a name.
    private mutating func value() throws(ExpressionFlaw) -> Int {
        let name = String(decoding: bytes[place...].prefix(3), as: UTF8.self).uppercased()
        if let known = field.names.firstIndex(of: name) {
            place += 3
            return known + field.range.lowerBound
        }
        return try number(field.range, .badValue(field))
    }

    /// A number in a range; what are no digits at all is refused as `otherwise`.
    private mutating func number(
        _ range: ClosedRange<Int>, _ otherwise: ExpressionFlaw.Reason
    ) throws(ExpressionFlaw) -> Int {
        let digits = bytes[place...].prefix(while: \.isDigit)
        guard !digits.isEmpty else { throw unexpected(otherwise) }
        guard let value = ExpressionParser.number(digits, upTo: range.upperBound), range.contains(value) else {
            if case .badStep = otherwise { throw flaw(otherwise) }
            throw flaw(.outOfRange(field))
        }
        place = digits.endIndex
        return value
    }

    private mutating func take(_ character: Character) -> Bool {
        guard place < bytes.endIndex, bytes[place] == character.asciiValue else { return false }
        place += 1
        return true
    }

    private func requireEnd() throws(ExpressionFlaw) {
        guard place == bytes.endIndex else { throw unexpected(.badValue(field)) }
    }

    /// The letters have a flaw of their own: they are right elsewhere.
    private func unexpected(_ otherwise: ExpressionFlaw.Reason) -> ExpressionFlaw {
        guard place < bytes.endIndex, "LW#?".utf8.contains(bytes[place]) else { return flaw(otherwise) }
        return flaw(.misplaced(Character(Unicode.Scalar(bytes[place])), field))
    }

    private func flaw(_ reason: ExpressionFlaw.Reason, at place: Int? = nil) -> ExpressionFlaw {
        ExpressionFlaw(place: place ?? self.place, reason: reason)
    }
}
