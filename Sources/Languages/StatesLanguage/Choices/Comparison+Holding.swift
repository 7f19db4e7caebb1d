import Core

extension Comparison {
    /// Whether a value compares; one of another type does not.
    func holds(for value: JSON, in scope: Scope, _ evaluation: inout Evaluation) throws(StateFailure) -> Bool {
        switch self {
        case .string(let order, let operand):
            let other = try Self.value(of: operand, \.string, scope, &evaluation)
            guard let text = value.string, let other else { return false }
            return order.holds(Self.order(text, other))
        case .numeric(let order, let operand):
            let other = try Self.value(of: operand, \.double, scope, &evaluation)
            guard let number = value.double, let other else { return false }
            return order.holds(number < other ? -1 : number > other ? 1 : 0)
        case .timestamp(let order, let operand):
            let other = try Self.value(of: operand, \.timestamp, scope, &evaluation)
            guard let time = value.timestamp, let other else { return false }
            return order.holds(time < other ? -1 : time > other ? 1 : 0)
        case .boolean(let operand):
            let other = try Self.value(of: operand, \.bool, scope, &evaluation)
            guard let flag = value.bool, let other else { return false }
            return flag == other
        case .matches(let pieces): return value.string.map { Self.matches($0, pieces) } ?? false
        case .isPresent(let expected): return expected
        case .isNull(let expected): return value.isNull == expected
        case .isNumeric(let expected): return (value.double != nil) == expected
        case .isString(let expected): return (value.string != nil) == expected
        case .isBoolean(let expected): return (value.bool != nil) == expected
        case .isTimestamp(let expected): return (value.timestamp != nil) == expected
        }
    }

    private static func value<Value>(
        of operand: Operand<Value>, _ read: KeyPath<JSON, Value?>, _ scope: Scope, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> Value? {
        switch operand {
        case .fixed(let value): return value
        case .path(let path):
            guard let value = try path.value(in: scope, &evaluation) else { throw Condition.invalid(path) }
            return value[keyPath: read]
        }
    }

    /// As Java orders texts: by code units of UTF-16.
    private static func order(_ left: String, _ right: String) -> Int {
        if left.utf8.elementsEqual(right.utf8) { return 0 }
        return left.utf16.lexicographicallyPrecedes(right.utf16) ? -1 : 1
    }

    /// The pieces of a pattern between its wildcards; a backslash takes what follows as it is.
    static func pieces(of pattern: String) -> [String] {
        var pieces = [""]
        var isEscaped = false
        for scalar in pattern.unicodeScalars {
            if isEscaped {
                if scalar != "*", scalar != "\\" { pieces[pieces.count - 1].unicodeScalars.append("\\") }
                pieces[pieces.count - 1].unicodeScalars.append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "*" {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].unicodeScalars.append(scalar)
            }
        }
        if isEscaped { pieces[pieces.count - 1] += "\\" }
        return pieces
    }

    /// Whether a text is made of the pieces, with anything between them.
    ///
    /// Each piece is taken at the first place where it is found, which is enough with wildcards only.
    static func matches(_ text: String, _ pieces: [String]) -> Bool {
        var rest = Array(text.utf8)[...]
        for (place, piece) in pieces.enumerated() {
            let bytes = Array(piece.utf8)
            if place == 0 {
                guard rest.starts(with: bytes) else { return false }
                rest = rest.dropFirst(bytes.count)
            } else if place == pieces.count - 1 {
                return rest.count >= bytes.count && rest.suffix(bytes.count).elementsEqual(bytes)
            } else {
                guard let end = end(of: bytes, in: rest) else { return false }
                rest = rest[end...]
            }
        }
        return rest.isEmpty
    }

    private static func end(of bytes: [UInt8], in rest: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first else { return rest.startIndex }
        var start = rest.startIndex
        while rest.endIndex - start >= bytes.count {
            guard let found = rest[start...].firstIndex(of: first), rest.endIndex - found >= bytes.count else {
                return nil
            }
            if rest[found...].starts(with: bytes) { return found + bytes.count }
            start = found + 1
        }
        return nil
    }
}

extension Comparison.Order {
    /// Whether the order holds for what comparing gave: below 0, 0 or above it.
    func holds(_ comparison: Int) -> Bool {
        switch self {
        case .equals: comparison == 0
        case .lessThan: comparison < 0
        case .greaterThan: comparison > 0
        case .lessThanEquals: comparison <= 0
        case .greaterThanEquals: comparison >= 0
        }
    }
}

extension JSON {
    /// The time that a string holds, if it does.
    var timestamp: Timestamp? { string.flatMap { Timestamp($0) } }
}
