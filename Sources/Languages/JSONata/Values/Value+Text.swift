import Core

extension Value {
    /// What `$string` makes of a value: a text as it is, everything else as JSON.
    func text(indented: Bool = false, meter: Meter) throws(JSONataError) -> String {
        switch self {
        case .string(let text): return text
        case .function: return ""
        case .number(let number):
            guard number.isFinite else { throw JSONataError("D3001", value: shown) }
            return NumberText.shortest(NumberText.rounded(number))
        default:
            var writer = TextWriter(meter: meter, isIndented: indented)
            try writer.write(self, level: 0)
            return String(decoding: writer.output, as: UTF8.self)
        }
    }

    /// The beginning of a value as JSON, for an error.
    var shown: String {
        switch self {
        case .undefined: return "undefined"
        case .number(let number): return NumberText.shortest(number)
        case .function: return "function"
        case .array(let list) where list.elements.count > 20:
            return "[array of \(list.elements.count) elements]"
        case .object(let record) where record.count > 20: return "[object of \(record.count) members]"
        default:
            let meter = Meter(EvaluationLimits(steps: 500, bytes: 4096))
            var writer = TextWriter(meter: meter, isIndented: false)
            // What is too large to show is named only.
            guard (try? writer.write(self, level: 0)) != nil else { return "[\(typeName ?? "value")]" }
            return String(decoding: writer.output, as: UTF8.self)
        }
    }
}

/// Writes values as JSON, with numbers of at most 15 digits and empty texts for functions.
private struct TextWriter {
    let meter: Meter
    let isIndented: Bool
    var output: [UInt8] = []

    mutating func write(_ value: Value, level: Int) throws(JSONataError) {
        try meter.step()
        let before = output.count
        switch value {
        case .undefined, .null: output += "null".utf8
        case .bool(let flag): output += (flag ? "true" : "false").utf8
        case .number(let number):
            guard number.isFinite else { throw JSONataError("D1001", value: NumberText.shortest(number)) }
            output += NumberText.shortest(NumberText.rounded(number)).utf8
        case .string(let text):
            try meter.charge(text.utf8.count)
            JSON.write(text, to: &output)
        case .function: output += "\"\"".utf8
        case .array(let list):
            // What stands around an input is none of its own.
            if list.traits.contains(.wrapper), let only = list.elements.first { return try write(only, level: level) }
            try members(list.elements.count, level, "[", "]") { (writer, place) throws(JSONataError) in
                try writer.write(list.elements[place], level: level + 1)
            }
        case .object(let record):
            try members(record.count, level, "{", "}") { (writer, place) throws(JSONataError) in
                JSON.write(record.keys[place], to: &writer.output)
                writer.output += (writer.isIndented ? ": " : ":").utf8
                try writer.write(record.values[place], level: level + 1)
            }
        }
        if value.list == nil { try meter.charge(min(64, output.count - before)) }
    }

    private mutating func members(
        _ count: Int, _ level: Int, _ open: Character, _ close: Character,
        _ write: (inout TextWriter, Int) throws(JSONataError) -> Void
    ) throws(JSONataError) {
        output += String(open).utf8
        for place in 0..<count {
            if place > 0 { output.append(UInt8(ascii: ",")) }
            try breakLine(level + 1)
            try write(&self, place)
        }
        if count > 0 { try breakLine(level) }
        output += String(close).utf8
    }

    private mutating func breakLine(_ level: Int) throws(JSONataError) {
        guard isIndented else { return }
        try meter.charge(1 + 2 * level)
        output.append(UInt8(ascii: "\n"))
        output += repeatElement(UInt8(ascii: " "), count: 2 * level)
    }
}
