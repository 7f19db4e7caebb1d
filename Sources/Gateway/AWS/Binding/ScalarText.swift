import Core

/// Single values as the protocols write them outside JSON: in headers, query strings, paths, forms and XML.
enum ScalarText {
    /// Reads text as the shape asks for.
    static func value(_ text: String, as shape: Shape) throws(Malformed) -> WireValue {
        switch shape.kind {
        case .string, .document: .string(text)
        case .boolean: .bool(try bool(text))
        case .integer, .long: .integer(try integer(text, as: shape))
        case .double: .double(try double(text))
        case .timestamp: .timestamp(try timestamp(text))
        case .blob: .blob(try blob(text))
        case .structure, .list, .map: throw Malformed("Text where a \(shape.kind) is expected")
        }
    }

    /// Writes a value as text; `nil` where it is of a kind the shape cannot have.
    static func text(_ value: WireValue, as member: Member, _ shape: Shape, times: TimestampFormat) -> String? {
        switch (shape.kind, value) {
        case (.timestamp, _): value.seconds.map { timestampText($0, as: member.timestampFormat ?? times) }
        case (.blob, .blob(let bytes)): Base64.encode(bytes)
        case (.blob, .string(let text)): Base64.encode(text.utf8)
        case (.double, _): value.double.map(doubleText)
        case (_, .string(let text)): text
        case (_, .bool(let flag)): flag ? "true" : "false"
        case (_, .integer(let number)): String(number)
        case (_, .double(let number)): doubleText(number)
        default: nil
        }
    }

    /// Checks that a whole number fits the shape.
    static func fits(_ number: Int64, _ shape: Shape) throws(Malformed) -> Int64 {
        guard shape.kind == .long || Int32(exactly: number) != nil else {
            throw Malformed("\(number) is out of range for an integer")
        }
        return number
    }

    /// The three numbers that have a name instead of digits.
    static func namedDouble(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: nil
        }
    }

    /// The digits of a number, or its name.
    static func doubleText(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        return JSONNumber(number)?.text ?? (number > 0 ? "Infinity" : "-Infinity")
    }

    /// The text of a time; seconds since 1970 keep their fraction.
    static func timestampText(_ seconds: Double, as format: TimestampFormat) -> String {
        format == .unixTimestamp ? doubleText(seconds) : Timestamp.text(seconds, as: format)
    }

    /// Reads base64.
    static func blob(_ text: String) throws(Malformed) -> [UInt8] {
        guard let bytes = Base64.decode(text) else { throw Malformed("Text that should be base64 is not") }
        return bytes
    }

    /// Reads a time in any form.
    static func timestamp(_ text: String) throws(Malformed) -> Double {
        guard let seconds = Timestamp.parse(text) else { throw Malformed("Text that should be a timestamp is not") }
        return seconds
    }

    private static func bool(_ text: String) throws(Malformed) -> Bool {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: throw Malformed("Text that should be true or false is not")
        }
    }

    private static func integer(_ text: String, as shape: Shape) throws(Malformed) -> Int64 {
        guard let number = Int64(text) else { throw Malformed("Text that should be a whole number is not") }
        return try fits(number, shape)
    }

    private static func double(_ text: String) throws(Malformed) -> Double {
        if let named = namedDouble(text) { return named }
        guard let number = Double(text), number.isFinite else {
            throw Malformed("Text that should be a number is not")
        }
        return number
    }
}

extension WireValue {
    /// The value as a time: handlers may give whole seconds, too.
    var seconds: Double? { timestamp ?? double }
}
