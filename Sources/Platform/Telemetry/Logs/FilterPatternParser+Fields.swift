/// Patterns for messages that are fields with space between them: `[ip, ..., status = 404 || status = 410, bytes]`.
extension FilterPatternParser {
    /// One field as it is written; its condition may name other fields.
    private struct Field {
        let name: String
        let condition: Condition?
    }

    private indirect enum Condition {
        case and(Condition, Condition)
        case or(Condition, Condition)
        case field(name: String, place: Int, FilterTest)
    }

    /// Reads the whole pattern.
    mutating func fields() throws(LogsError) -> FilterFields {
        position += 1
        var fields: [Field] = []
        var gap: Int?
        repeat {
            skipSpace()
            if take("...") {
                guard gap == nil else { throw refusal("'...' stands twice", at: position - 3) }
                gap = fields.count
                skipSpace()
            } else {
                fields.append(try field())
            }
        } while take(",")
        guard take("]") else { throw unexpected }
        skipSpace()
        guard peek == nil else { throw unexpected }
        guard gap != nil || fields.contains(where: { !$0.name.isEmpty }) else {
            throw refusal("The pattern names no field", at: 0)
        }
        var conditions: [FilterFields.Condition] = []
        for (place, field) in fields.enumerated() {
            if let condition = field.condition { conditions.append(try resolved(condition, at: place, of: fields)) }
        }
        let takesRest = gap == nil && fields.last?.condition == nil
        return FilterFields(count: fields.count, gap: gap, takesRest: takesRest, conditions: conditions)
    }

    /// Reads a field; one without a name, as behind a last comma, is as good as one without a condition.
    private mutating func field() throws(LogsError) -> Field {
        let start = position
        let name = word()
        skipSpace()
        guard let next = peek, next != UInt8(ascii: ","), next != UInt8(ascii: "]") else {
            return Field(name: name, condition: nil)
        }
        position = start
        return Field(name: name, condition: try disjunction())
    }

    private mutating func disjunction() throws(LogsError) -> Condition {
        var condition = try conjunction()
        while take("||") { condition = .or(condition, try conjunction()) }
        return condition
    }

    private mutating func conjunction() throws(LogsError) -> Condition {
        var condition = try comparison()
        while take("&&") { condition = .and(condition, try comparison()) }
        return condition
    }

    private mutating func comparison() throws(LogsError) -> Condition {
        skipSpace()
        let place = position
        let name = word()
        guard !name.isEmpty else { throw unexpected }
        skipSpace()
        let test = try test(ends: ",]&|\"")
        skipSpace()
        return .field(name: name, place: place, test)
    }

    private mutating func word() -> String {
        let start = position
        while let byte = peek, byte > 0x20, !",=!<>()[]{}&|\"%".utf8.contains(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// The same condition with the places of the fields that it names: its own first, whatever the case of the letters.
    private func resolved(
        _ condition: Condition, at own: Int, of fields: [Field]
    ) throws(LogsError) -> FilterFields.Condition {
        switch condition {
        case .and(let left, let right):
            return .and(try resolved(left, at: own, of: fields), try resolved(right, at: own, of: fields))
        case .or(let left, let right):
            return .or(try resolved(left, at: own, of: fields), try resolved(right, at: own, of: fields))
        case .field(let name, let place, let test):
            if name.lowercased() == fields[own].name.lowercased() { return .field(own, test) }
            guard let other = fields.firstIndex(where: { $0.name == name }) else {
                throw refusal("The pattern has no field '\(name)'", at: place)
            }
            return .field(other, test)
        }
    }
}
