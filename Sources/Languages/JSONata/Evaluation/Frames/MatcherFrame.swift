/// Asks a function for matches, one after the other, where it stands in for a regular expression.
final class MatcherFrame: Frame {
    private let subject: Subject
    private let limit: Int?
    private let site: CallSite
    private let finish: ([FoundMatch], Subject) throws(JSONataError) -> Step
    private var found: [FoundMatch] = []

    init(
        _ subject: Subject, limit: Int?, _ site: CallSite,
        _ finish: @escaping ([FoundMatch], Subject) throws(JSONataError) -> Step
    ) {
        self.subject = subject
        self.limit = limit
        self.site = site
        self.finish = finish
    }

    /// Asks for the first match.
    func start(_ function: Function, _ text: String, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        evaluation.push(self)
        return try evaluation.call(function, [.string(text)], site)
    }

    func resume(_ value: Value, _ evaluation: Evaluation) throws(JSONataError) -> Step {
        if value.isUndefined { return try finish(found, subject) }
        guard case .object(let record) = value, let match = match(record) else {
            throw JSONataError("T1010", at: site.position, token: site.token)
        }
        try evaluation.meter.charge(64 + match.text.utf8.count)
        found.append(match)
        guard found.count < limit ?? Int.max, case .function(let next)? = record["next"] else {
            return try finish(found, subject)
        }
        evaluation.push(self)
        return try evaluation.call(next, [], site)
    }

    /// The match, if it is one, and lies behind the one before it.
    private func match(_ record: Record) -> FoundMatch? {
        guard case .number(let start)? = record["start"], case .number(let end)? = record["end"],
            let first = Int(exactly: start), let last = Int(exactly: end), first <= last,
            first >= found.last?.end ?? 0, last <= subject.scalars.count
        else { return nil }
        let groups = record["groups"]?.items.map(\.string) ?? []
        return FoundMatch(
            text: record["match"]?.string ?? subject[first..<last], start: first, end: last, groups: groups)
    }
}
