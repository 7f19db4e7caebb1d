extension Evaluation {
    /// Finds what a regular expression or a matching function finds in a text, and goes on with that.
    func matches(
        of pattern: Value, in text: String, limit: Int?, _ site: CallSite,
        _ finish: @escaping ([FoundMatch], Subject) throws(JSONataError) -> Step
    ) throws(JSONataError) -> Step {
        guard case .function(let function) = pattern else { return .value(.undefined) }
        let subject = try Subject(text, meter: meter)
        guard case .regex(let expression) = function.body else {
            let frame = MatcherFrame(subject, limit: limit, site, finish)
            return try frame.start(function, text, self)
        }
        var found: [FoundMatch] = []
        var matcher = RegexMatcher(expression, on: subject, meter: meter)
        var start = 0
        while found.count < limit ?? Int.max, let match = try matcher.first(from: start) {
            if match.range.isEmpty, !found.isEmpty {
                throw JSONataError("D1004", value: Value.string(expression.source).shown)
            }
            try meter.charge(64 + match.range.count + 16 * match.groups.count)
            found.append(
                FoundMatch(
                    text: subject[match.range], start: match.range.lowerBound, end: match.range.upperBound,
                    groups: match.groups.map { $0.map { subject[$0] } }))
            start = match.range.upperBound
            if start >= subject.scalars.count { break }
        }
        return try finish(found, subject)
    }

    /// What calling a regular expression gives: a match, with a function for the next one.
    func match(_ expression: RegularExpression, _ subject: Subject, from start: Int) throws(JSONataError) -> Value {
        if start > 0, start >= subject.scalars.count { return .undefined }
        var matcher = RegexMatcher(expression, on: subject, meter: meter)
        guard let match = try matcher.first(from: start) else { return .undefined }
        if start > 0, match.range.isEmpty {
            throw JSONataError("D1004", value: Value.string(expression.source).shown)
        }
        let found = FoundMatch(
            text: subject[match.range], start: match.range.lowerBound, end: match.range.upperBound,
            groups: match.groups.map { $0.map { subject[$0] } })
        let next = try meter.function(.nextMatch(expression, subject, from: Swift.max(1, match.range.upperBound)))
        guard case .object(let record) = try value(of: found) else { return .undefined }
        return try meter.object(Record(keys: record.keys + ["next"], values: record.values + [next]))
    }

    /// A match as functions get it.
    func value(of match: FoundMatch) throws(JSONataError) -> Value {
        let groups = try meter.list(match.groups.map { $0.map { .string($0) } ?? .undefined })
        let values: [Value] = [
            try meter.text(match.text), .number(Double(match.start)), .number(Double(match.end)), groups,
        ]
        return try meter.object(Record(keys: ["match", "start", "end", "groups"], values: values))
    }
}
