import Core

extension Evaluation {
    /// The functions that Step Functions adds.
    func stepFunction(_ builtin: Builtin, _ arguments: Arguments) throws(JSONataError) -> Value {
        switch builtin {
        case .partition: return try partition(arguments)
        case .range: return try range(arguments)
        case .hash:
            guard let text = arguments.text(0), let name = arguments.text(1) else { return .undefined }
            guard let digest = Digest(rawValue: name) else {
                throw JSONataError("D3152", value: Value.string(name).shown)
            }
            try meter.step(text.utf8.count)
            try meter.charge(2 * text.utf8.count)
            return try meter.text(digest.hexadecimal(of: Array(text.utf8)))
        case .uuid: return try meter.text(randomness.uuid())
        case .parse:
            guard let text = arguments.text(0) else { return .undefined }
            try meter.step(text.utf8.count / 8)
            try meter.charge(4 * text.utf8.count)
            do {
                return try meter.value(of: JSON(parsing: text))
            } catch let error as JSONataError {
                throw error
            } catch {
                throw JSONataError("D3153", value: Value.string(text).shown)
            }
        default:
            guard let seed = try arguments.number(0) else { return try number(.random, arguments) }
            return .number(Self.random(seed))
        }
    }

    /// An array cut into arrays of a size; the last one holds what is left.
    private func partition(_ arguments: Arguments) throws(JSONataError) -> Value {
        guard case .array(let list) = arguments[0], let size = try whole(arguments, 1) else { return .undefined }
        guard size >= 1 else {
            throw JSONataError("D3150", value: NumberText.shortest(size))
        }
        let step = Int(Swift.min(size, 1e9))
        var parts: [Value] = []
        for start in stride(from: 0, to: list.elements.count, by: step) {
            parts.append(
                try meter.list(Array(list.elements[start..<Swift.min(start + step, list.elements.count)])))
        }
        return try meter.list(parts)
    }

    /// A number without what is behind its point: Step Functions cuts that off.
    private func whole(_ arguments: Arguments, _ place: Int) throws(JSONataError) -> Double? {
        try arguments.number(place)?.rounded(.towardZero)
    }

    /// The numbers from one to another, by steps; a single number stands alone, as Step Functions was recorded.
    private func range(_ arguments: Arguments) throws(JSONataError) -> Value {
        guard let first = try whole(arguments, 0), let last = try whole(arguments, 1),
            let step = try whole(arguments, 2)
        else { return .undefined }
        guard step != 0 else { throw JSONataError("D3151") }
        let count = ((last - first) / step).rounded(.down) + 1
        guard count >= 1 else { return try meter.list([]) }
        guard count <= 10_000_000 else { throw JSONataError("D2014", value: NumberText.shortest(count)) }
        try meter.chargeElements(Int(count))
        return try meter.sequence((0..<Int(count)).map { .number(first + Double($0) * step) })
    }

    /// A number from 0 to below 1 that is the same for the same seed: that of `java.util.Random`, as Step Functions gives it.
    ///
    /// Source: documentation of the Java class, a linear congruential generator of 48 bits.
    private static func random(_ seed: Double) -> Double {
        let mask: UInt64 = 1 << 48 - 1
        var state = UInt64(bitPattern: Int64(exactly: seed.rounded(.towardZero)) ?? 0) ^ 0x5_DEEC_E66D & mask
        func bits(_ count: UInt64) -> UInt64 {
            state = (state &* 0x5_DEEC_E66D &+ 0xB) & mask
            return state >> (48 - count)
        }
        return Double(bits(26) << 27 + bits(27)) * 0x1p-53
    }
}
