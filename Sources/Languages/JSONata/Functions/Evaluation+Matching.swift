import Core

extension Evaluation {
    /// The functions that look for texts and regular expressions.
    func matching(_ builtin: Builtin, _ arguments: Arguments, _ site: CallSite) throws(JSONataError) -> Step {
        guard let text = arguments.text(0) else { return .value(.undefined) }
        try meter.step(text.utf8.count / 16)
        switch builtin {
        case .contains:
            if let part = arguments.text(1) { return .value(.bool(text.firstRange(ofText: part) != nil)) }
            return try matches(of: arguments[1], in: text, limit: 1, site) { found, _ in .value(.bool(!found.isEmpty)) }
        case .split: return try split(text, arguments, site)
        case .replace: return try replace(text, arguments, site)
        default:
            let limit = try limit(arguments, 2, "D3040")
            return try matches(of: arguments[1], in: text, limit: limit, site) { found, subject throws(JSONataError) in
                .value(try self.described(found, subject))
            }
        }
    }

    /// How often at most; a part of one is one.
    private func limit(_ arguments: Arguments, _ place: Int, _ code: String) throws(JSONataError) -> Int? {
        guard let number = try arguments.number(place) else { return nil }
        guard number >= 0 else { throw JSONataError(code, value: NumberText.shortest(number)) }
        return Int(Swift.min(number.rounded(.up), 1e9))
    }

    /// What `$match` says of each match; places are counted as ECMAScript counts them.
    private func described(_ found: [FoundMatch], _ subject: Subject) throws(JSONataError) -> Value {
        var records: [Value] = []
        var (place, unit) = (0, 0)
        for match in found {
            try meter.step(Swift.max(0, match.start - place) / 8)
            if match.start >= place, match.start <= subject.scalars.count {
                unit += subject.scalars[place..<match.start].reduce(0) { $0 + ($1.value > 0xFFFF ? 2 : 1) }
                place = match.start
            }
            let groups = try meter.list(match.groups.map { $0.map { .string($0) } ?? .undefined })
            let values: [Value] = [try meter.text(match.text), .number(Double(unit)), groups]
            records.append(try meter.object(Record(keys: ["match", "index", "groups"], values: values)))
        }
        return try meter.sequence(records)
    }

    private func split(_ text: String, _ arguments: Arguments, _ site: CallSite) throws(JSONataError) -> Step {
        var limit: Int?
        if let number = try arguments.number(2) {
            guard number >= 0 else { throw JSONataError("D3020", value: NumberText.shortest(number)) }
            limit = Int(Swift.min(number.rounded(.down), 1e9))
        }
        if let separator = arguments.text(1) {
            return .value(try meter.list(try parts(of: text, separator, limit)))
        }
        return try matches(of: arguments[1], in: text, limit: limit, site) { found, subject throws(JSONataError) in
            var parts: [Value] = []
            var start = 0
            for match in found {
                parts.append(try self.meter.text(subject[start..<Swift.max(start, match.start)]))
                start = Swift.max(start, match.end)
            }
            if limit.map({ parts.count < $0 }) != false {
                parts.append(try self.meter.text(subject[start..<subject.scalars.count]))
            }
            return .value(try self.meter.list(parts))
        }
    }

    private func parts(of text: String, _ separator: String, _ limit: Int?) throws(JSONataError) -> [Value] {
        var parts: [Value] = []
        let most = limit ?? Int.max
        guard !separator.isEmpty else {
            for scalar in text.unicodeScalars.prefix(most) { parts.append(try meter.text(String(scalar))) }
            return parts
        }
        var start = text.startIndex
        while parts.count < most, let found = text.firstRange(ofText: separator, from: start) {
            parts.append(try meter.text(String(text[start..<found.lowerBound])))
            start = found.upperBound
        }
        if parts.count < most { parts.append(try meter.text(String(text[start...]))) }
        return parts
    }

    // MARK: Replacing

    private func replace(_ text: String, _ arguments: Arguments, _ site: CallSite) throws(JSONataError) -> Step {
        let limit = try limit(arguments, 3, "D3011")
        if let pattern = arguments.text(1) {
            guard !pattern.isEmpty else { throw JSONataError("D3010") }
            guard let replacement = arguments.text(2) else { throw JSONataError("D3012", value: "function") }
            return .value(.string(try replaced(text, pattern, replacement, limit)))
        }
        return try matches(of: arguments[1], in: text, limit: limit, site) { found, subject throws(JSONataError) in
            guard case .function(let function) = arguments[2] else {
                let template = arguments.text(2) ?? ""
                let texts = found.map { Value.string($0.filled(into: template)) }
                return .value(try self.assembled(subject, found, texts))
            }
            let values = try found.map { (match) throws(JSONataError) in try self.value(of: match) }
            let frame = CallsFrame(
                function, count: found.count, site, arguments: { [values[$0]] },
                finish: { texts throws(JSONataError) in try self.assembled(subject, found, texts) })
            return try frame.next(self)
        }
    }

    private func replaced(
        _ text: String, _ pattern: String, _ replacement: String, _ limit: Int?
    ) throws(JSONataError) -> String {
        var result = ""
        var start = text.startIndex
        var count = 0
        while count < limit ?? Int.max, let found = text.firstRange(ofText: pattern, from: start) {
            try meter.charge(replacement.utf8.count + 16)
            result += text[start..<found.lowerBound]
            result += replacement
            start = found.upperBound
            count += 1
        }
        try meter.charge(text.utf8.count)
        return result + text[start...]
    }

    private func assembled(
        _ subject: Subject, _ found: [FoundMatch], _ texts: [Value]
    ) throws(JSONataError) -> Value {
        var result = ""
        var start = 0
        for (match, replacement) in Swift.zip(found, texts) {
            guard case .string(let text) = replacement else {
                throw JSONataError("D3012", value: replacement.shown)
            }
            try meter.charge(text.utf8.count + match.text.utf8.count)
            result += subject[start..<Swift.max(start, match.start)]
            result += text
            start = Swift.max(start, match.end)
        }
        try meter.charge(4 * (subject.scalars.count - start))
        return .string(result + subject[start..<subject.scalars.count])
    }
}
