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
        guard case .array(let list) = arguments[0], let size = try arguments.number(1) else { return .undefined }
        guard size >= 1, size == size.rounded() else {
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

    /// The numbers from one to another, by steps.
    private func range(_ arguments: Arguments) throws(JSONataError) -> Value {
        guard let first = try arguments.number(0), let last = try arguments.number(1),
            let step = try arguments.number(2)
        else { return .undefined }
        guard step != 0 else { throw JSONataError("D3151") }
        let count = ((last - first) / step).rounded(.down) + 1
        guard count >= 1 else { return try meter.list([]) }
        guard count <= 10_000_000 else { throw JSONataError("D2014", value: NumberText.shortest(count)) }
        try meter.chargeElements(Int(count))
        return try meter.list((0..<Int(count)).map { .number(first + Double($0) * step) })
    }

    /// A number from 0 to below 1 that is the same for the same seed, by SplitMix64.
    private static func random(_ seed: Double) -> Double {
        var bits = seed.bitPattern &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return Double((bits ^ bits >> 31) >> 11) * 0x1p-53
    }
}
