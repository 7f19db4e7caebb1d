import Core

extension TimeExpression {
    /// Reads an expression.
    package init(parsing text: String, for dialect: Dialect = .scheduler) throws(ExpressionFlaw) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.limit else {
            throw ExpressionFlaw(place: Self.limit, reason: .tooLong(limit: Self.limit))
        }
        var parser = ExpressionParser(bytes: bytes)
        form = try parser.form(dialect)
        self.text = text
    }
}

/// Reads an expression of any form from its bytes.
struct ExpressionParser {
    let bytes: [UInt8]

    mutating func form(_ dialect: TimeExpression.Dialect) throws(ExpressionFlaw) -> TimeExpression.Form {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")) else { throw flaw(0, .unknownForm) }
        guard bytes.last == UInt8(ascii: ")"), bytes.firstIndex(of: UInt8(ascii: ")")) == bytes.count - 1 else {
            throw flaw(bytes.count, .unclosed)
        }
        let inner = bytes[(open + 1)..<(bytes.count - 1)]
        switch String(decoding: bytes[..<open], as: UTF8.self) {
        case "cron": return .cron(try CronParser.parse(inner))
        case "rate": return .rate(try rate(inner, dialect))
        case "at":
            guard dialect == .scheduler else { throw flaw(0, .notForRules) }
            return .once(try date(inner))
        default: throw flaw(0, .unknownForm)
        }
    }

    /// A number and its unit.
    ///
    /// Rules want `1 minute` and `5 minutes`. Scheduler's own documentation knows only the plural, so that
    /// `rate(1 hours)` is common; `rate(5 minute)` is refused by both.
    private func rate(_ inner: ArraySlice<UInt8>, _ dialect: TimeExpression.Dialect) throws(ExpressionFlaw) -> Rate {
        let digits = inner.prefix { $0.isDigit }
        guard let count = Self.number(digits, upTo: Rate.limit), count > 0, digits.first != UInt8(ascii: "0") else {
            throw flaw(inner.startIndex, .badCount)
        }
        let spaces = inner[digits.endIndex...].prefix { $0 == UInt8(ascii: " ") }
        let word = String(decoding: inner[spaces.endIndex...], as: UTF8.self)
        let place = spaces.endIndex
        guard !spaces.isEmpty,
            let unit = Rate.Unit.allCases.first(where: { word == $0.rawValue || word == $0.rawValue + "s" })
        else { throw flaw(place, .badUnit) }
        let isPlural = word != unit.rawValue
        if count > 1, !isPlural { throw flaw(place, .unitNumber(expected: word + "s")) }
        if count == 1, isPlural, dialect == .rule { throw flaw(place, .unitNumber(expected: unit.rawValue)) }
        return Rate(count: count, unit: unit)
    }

    private func date(_ inner: ArraySlice<UInt8>) throws(ExpressionFlaw) -> LocalTime {
        let shape = Array("dddd-dd-ddTdd:dd:dd".utf8)
        let refusal = flaw(inner.startIndex, .badDate)
        guard inner.count == shape.count else { throw refusal }
        for (byte, wanted) in zip(inner, shape) {
            guard wanted == UInt8(ascii: "d") ? byte.isDigit : byte == wanted else { throw refusal }
        }
        let start = inner.startIndex
        func part(_ from: Int, _ to: Int) -> Int {
            inner[(start + from)..<(start + to)].reduce(0) { $0 * 10 + Int($1 & 0x0F) }
        }
        let (year, month, day) = (part(0, 4), part(5, 7), part(8, 10))
        let (hour, minute, second) = (part(11, 13), part(14, 16), part(17, 19))
        guard TimeExpression.years.contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24,
            minute < 60, second < 60
        else { throw refusal }
        let days = Instant.days(year, month, day)
        guard Instant.civil(days) == (year, month, day) else { throw refusal }
        return LocalTime(day: days, second: (hour * 60 + minute) * 60 + second)
    }

    private func flaw(_ place: Int, _ reason: ExpressionFlaw.Reason) -> ExpressionFlaw {
        ExpressionFlaw(place: place, reason: reason)
    }

    /// The value of digits; `nil` for none, or for a value over the limit.
    static func number(_ digits: ArraySlice<UInt8>, upTo limit: Int) -> Int? {
        guard !digits.isEmpty, digits.count <= 10, digits.allSatisfy(\.isDigit) else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
        return value <= limit ? value : nil
    }
}

extension UInt8 {
    /// Whether it is an ASCII digit.
    var isDigit: Bool { self &- 0x30 < 10 }
}
