import Core

extension Evaluation {
    /// The functions on texts, which count by Unicode scalars.
    func text(_ builtin: Builtin, _ arguments: Arguments) throws(JSONataError) -> Value {
        if builtin == .string { return try string(arguments) }
        if builtin == .join { return try join(arguments) }
        guard let text = arguments.text(0) else { return .undefined }
        try meter.step(text.utf8.count / 16)
        switch builtin {
        case .substring: return try substring(text, arguments)
        case .substringBefore, .substringAfter:
            guard let mark = arguments.text(1), let found = text.firstRange(ofText: mark) else { return .string(text) }
            let part = builtin == .substringBefore ? text[..<found.lowerBound] : text[found.upperBound...]
            return try meter.text(String(part))
        case .lowercase: return try meter.text(text.lowercased())
        case .uppercase: return try meter.text(text.uppercased())
        case .length: return .number(Double(text.unicodeScalars.count))
        case .trim: return try meter.text(Self.trimmed(text))
        default: return try pad(text, arguments)
        }
    }

    private func string(_ arguments: Arguments) throws(JSONataError) -> Value {
        if arguments[0].isUndefined { return .undefined }
        let isIndented = if case .bool(true) = arguments[1] { true } else { false }
        return try meter.text(arguments[0].text(indented: isIndented, meter: meter))
    }

    private func join(_ arguments: Arguments) throws(JSONataError) -> Value {
        guard case .array(let list) = arguments[0] else { return .undefined }
        let separator = arguments.text(1) ?? ""
        var texts: [String] = []
        for case .string(let text) in list.elements {
            try meter.charge(text.utf8.count + separator.utf8.count)
            texts.append(text)
        }
        return .string(texts.joined(separator: separator))
    }

    private func substring(_ text: String, _ arguments: Arguments) throws(JSONataError) -> Value {
        let scalars = Array(text.unicodeScalars)
        let length = try arguments.number(2)
        guard var start = try arguments.number(1) else { return .string(length == nil ? text : "") }
        let count = Double(scalars.count)
        if count + start < 0 { start = 0 }
        var end = count
        if let length {
            guard length > 0 else { return .string("") }
            end = start >= 0 ? start + length : count + start + length
        }
        let first = Self.place(start, count)
        let last = Self.place(end, count)
        var part = String.UnicodeScalarView()
        if first < last { part.append(contentsOf: scalars[first..<last]) }
        return try meter.text(String(part))
    }

    /// A place as ECMAScript's `slice` takes it: cut to a whole number, from the end if negative, within bounds.
    private static func place(_ number: Double, _ count: Double) -> Int {
        let whole = number.rounded(.towardZero)
        return Int(Swift.min(Swift.max(whole < 0 ? count + whole : whole, 0), count))
    }

    /// White space in the text is one blank, at its ends none.
    private static func trimmed(_ text: String) -> String {
        text.unicodeScalars.split { " \t\n\r".unicodeScalars.contains($0) }.map { String($0) }.joined(separator: " ")
    }

    private func pad(_ text: String, _ arguments: Arguments) throws(JSONataError) -> Value {
        guard let width = try arguments.number(1) else { return .string(text) }
        let missing = width.magnitude - Double(text.unicodeScalars.count)
        guard missing >= 1 else { return .string(text) }
        try meter.charge(missing > 1e9 ? Int.max : 4 * Int(missing))
        let filling = Array((arguments.text(2) ?? " ").unicodeScalars)
        let unit = filling.isEmpty ? [" "] : filling
        var padding = String.UnicodeScalarView()
        for place in 0..<Int(missing) { padding.append(unit[place % unit.count]) }
        return .string(width < 0 ? String(padding) + text : text + String(padding))
    }
}
