import Core

extension BinaryOperator {
    /// The most elements that a range may have.
    private static let longestRange = 10_000_000.0

    /// What the operator makes of two values; `and` and `or` have looked at the left one.
    func result(_ left: Value, _ right: Value, _ meter: Meter) throws(JSONataError) -> Value {
        switch self {
        case .plus, .minus, .times, .divided, .remainder: return try number(left, right)
        case .equal: return .bool(try isEqual(left, right, meter))
        case .unequal:
            if left.isUndefined || right.isUndefined { return .bool(false) }
            return .bool(try !isEqual(left, right, meter))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return try comparison(left, right)
        case .concatenation: return try concatenation(left, right, meter)
        case .and, .or: return .bool(try right.isTruthy(meter))
        case .in:
            for element in right.items where !left.isUndefined {
                if try left.equals(element, meter: meter) { return .bool(true) }
            }
            return .bool(false)
        case .range: return try range(left, right, meter)
        }
    }

    private func isEqual(_ left: Value, _ right: Value, _ meter: Meter) throws(JSONataError) -> Bool {
        if left.isUndefined || right.isUndefined { return false }
        return try left.equals(right, meter: meter)
    }

    private func concatenation(_ left: Value, _ right: Value, _ meter: Meter) throws(JSONataError) -> Value {
        let first = left.isUndefined ? "" : try left.text(meter: meter)
        let second = right.isUndefined ? "" : try right.text(meter: meter)
        try meter.charge(first.utf8.count + second.utf8.count)
        return .string(first + second)
    }

    private static func operand(_ value: Value, _ code: String) throws(JSONataError) -> Double? {
        switch value {
        case .undefined: return nil
        case .number(let number) where number.isFinite: return number
        case .number(let number): throw JSONataError("D1001", value: NumberText.shortest(number))
        default: throw JSONataError(code, value: value.shown)
        }
    }

    private func number(_ left: Value, _ right: Value) throws(JSONataError) -> Value {
        let first = try Self.operand(left, "T2001")
        let second = try Self.operand(right, "T2002")
        guard let first, let second else { return .undefined }
        switch self {
        case .plus: return .number(first + second)
        case .minus: return .number(first - second)
        case .times: return .number(first * second)
        case .divided: return .number(first / second)
        default: return .number(first.truncatingRemainder(dividingBy: second))
        }
    }

    private func comparison(_ left: Value, _ right: Value) throws(JSONataError) -> Value {
        for value in [left, right] {
            switch value {
            case .undefined, .number, .string: continue
            default: throw JSONataError("T2010", value: value.shown)
            }
        }
        switch (left, right) {
        case (.undefined, _), (_, .undefined): return .undefined
        case (.number(let left), .number(let right)):
            return .bool(holds(before: left < right, same: left == right, after: left > right))
        case (.string(let left), .string(let right)):
            let before = Value.precedes(left, right)
            let same = ExactKey.same(left, right)
            return .bool(holds(before: before, same: same, after: !before && !same))
        default: throw JSONataError("T2009", value: left.shown, details: ["value2": right.shown])
        }
    }

    private func holds(before: Bool, same: Bool, after: Bool) -> Bool {
        switch self {
        case .less: before
        case .lessOrEqual: before || same
        case .greater: after
        default: after || same
        }
    }

    private func range(_ left: Value, _ right: Value, _ meter: Meter) throws(JSONataError) -> Value {
        let first = try Self.whole(left, "T2003")
        let last = try Self.whole(right, "T2004")
        guard let first, let last, first <= last else { return .undefined }
        let count = last - first + 1
        guard count <= Self.longestRange else { throw JSONataError("D2014", value: NumberText.shortest(count)) }
        try meter.chargeElements(Int(count))
        return try meter.sequence((0..<Int(count)).map { .number(first + Double($0)) })
    }

    private static func whole(_ value: Value, _ code: String) throws(JSONataError) -> Double? {
        switch value {
        case .undefined: return nil
        case .number(let number) where number.isFinite && number == number.rounded(): return number
        default: throw JSONataError(code, value: value.shown)
        }
    }
}
