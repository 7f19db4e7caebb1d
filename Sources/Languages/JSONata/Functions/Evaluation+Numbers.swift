import Core

extension Evaluation {
    /// The functions on numbers.
    func number(_ builtin: Builtin, _ arguments: Arguments) throws(JSONataError) -> Value {
        switch builtin {
        case .number: return try number(arguments[0])
        case .random:
            return .number(Double.random(in: 0..<1, using: &randomness))
        case .parseInteger:
            guard let text = arguments.text(0), let picture = arguments.text(1) else { return .undefined }
            try meter.step(text.utf8.count + picture.utf8.count)
            return try IntegerPicture(parsing: picture).number(text).map { .number($0) } ?? .undefined
        default: break
        }
        guard let number = try arguments.number(0) else { return .undefined }
        switch builtin {
        case .floor: return .number(number.rounded(.down))
        case .ceil: return .number(number.rounded(.up))
        case .round:
            let digits = try arguments.number(1) ?? 0
            return .number(Decimals.rounded(number, digits: Int(Swift.max(-400, Swift.min(400, digits)))))
        case .abs: return .number(number.magnitude)
        case .sqrt:
            guard number >= 0 else { throw JSONataError("D3060", value: NumberText.shortest(number)) }
            return .number(number.squareRoot())
        case .power: return try power(number, arguments)
        case .formatBase: return try formatBase(number, arguments)
        case .formatInteger:
            guard let picture = arguments.text(1) else { return .undefined }
            try meter.step(picture.utf8.count)
            return try meter.text(IntegerPicture(parsing: picture).text(number.rounded(.down)))
        default:
            guard let picture = arguments.text(1) else { return .undefined }
            try meter.step(8 * picture.utf8.count)
            let options = if case .object(let record) = arguments[2] { record } else { Record() }
            return try meter.text(DecimalPicture(parsing: picture, DecimalFormat(options)).text(number))
        }
    }

    private func number(_ value: Value) throws(JSONataError) -> Value {
        switch value {
        case .number: return value
        case .bool(let flag): return .number(flag ? 1 : 0)
        case .string(let text):
            try meter.step(text.utf8.count / 16)
            guard let number = Decimals.number(text) else { throw JSONataError("D3030", value: value.shown) }
            return .number(number)
        default: return .undefined
        }
    }

    private func power(_ base: Double, _ arguments: Arguments) throws(JSONataError) -> Value {
        let exponent = try arguments.number(1)
        guard let power = exponent.map({ Decimals.power(base, $0) }), power.isFinite else {
            let told = exponent.map(NumberText.shortest) ?? "undefined"
            throw JSONataError("D3061", value: NumberText.shortest(base), details: ["exponent": told])
        }
        return .number(power)
    }

    private func formatBase(_ number: Double, _ arguments: Arguments) throws(JSONataError) -> Value {
        let value = Decimals.rounded(number, digits: 0)
        let radix = Decimals.rounded(try arguments.number(1) ?? 10, digits: 0)
        guard (2...36).contains(radix) else { throw JSONataError("D3100", value: NumberText.shortest(radix)) }
        return try meter.text(Decimals.text(value, radix: Int(radix)))
    }
}
