import Core

/// What the people of a channel are told of how something ended: a subject and a text.
///
/// Whoever named the channel was allowed to publish there, and is asked no more.
struct ResultNotice: Sendable {
    /// Who tells channels, as a sender of deliveries: a part of the platform that no policy can name.
    static let service = "channels.martlet"
    /// Characters of a subject, which topics take no longer, and of what a function answered.
    private static let subjectLimit = 100
    private static let answerLimit = 4096

    /// The ARN of what ended.
    let source: String
    let isFailure: Bool
    let subject: String
    /// What follows in the text below the subject: the answer, or what went wrong.
    let detail: String
    /// Facts below that, in lines of their own.
    let facts: [(name: String, value: String)]

    /// Says that something of this name ended, and, where it failed, why.
    init(
        _ name: String, _ source: String, failure: String?, detail: String, facts: [(name: String, value: String)]
    ) {
        self.source = source
        self.isFailure = failure != nil
        self.detail = detail
        self.facts = facts
        subject = Self.subject(failure.map { "\(name) failed: \($0)" } ?? "\(name) succeeded")
    }

    /// The notice on its way to each channel that wants to hear of such an end, caused by what `cause` was caused by.
    func parcels(to channels: Set<ResultChannels>, from cause: Parcel) -> [Parcel] {
        // It names something of the account, so it names where the account is.
        guard let arn = try? ARN(source) else { return [] }
        let topics = Set(channels.compactMap { isFailure ? $0.onFailure : $0.onSuccess })
        return topics.sorted().map { topic in
            var parcel = Parcel(
                account: cause.account, target: "arn:\(arn.partition):sns:\(arn.region):\(cause.account):\(topic)",
                sender: Sender(service: Self.service, source: source), descent: cause.descent,
                trace: cause.trace.child(), payload: Array(text.utf8))
            parcel.notes[Publication.subjectNote] = subject
            parcel.attributes = [
                MessageAttribute(name: "martlet.source", type: "String", value: .text(source)),
                MessageAttribute(
                    name: "martlet.outcome", type: "String", value: .text(isFailure ? "failure" : "success")),
            ]
            return parcel
        }
    }

    private var text: String {
        let shown = detail.unicodeScalars.prefix(Self.answerLimit)
        let isWhole = shown.count == detail.unicodeScalars.count
        let lines = facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        return "\(subject)\n\n\(String(shown))\(isWhole ? "" : "…")\n\n\(lines)\n"
    }

    /// One line of ASCII, as topics take subjects.
    private static func subject(_ text: String) -> String {
        let line = text.unicodeScalars.map {
            (0x20...0x7E).contains($0.value) ? Character($0) : $0.value < 0x20 ? " " : "?"
        }
        guard line.count > subjectLimit else { return String(line) }
        return String(line.prefix(subjectLimit - 3)) + "..."
    }
}

extension Parcel {
    /// What the channels of a parcel are told when it cannot be delivered.
    func notices(of refusal: DeliveryRefusal) -> [Parcel] {
        guard let channels else { return [] }
        let name = sender.source.split(separator: "/").last ?? "a delivery"
        let notice = ResultNotice(
            String(name), sender.source, failure: refusal.reason, detail: "\(refusal.code): \(refusal.reason)",
            facts: [
                ("From", sender.source), ("To", target), ("Lineage", "\(descent.lineage)"),
                ("Set out", created.iso8601),
            ])
        return notice.parcels(to: [channels], from: self)
    }
}
