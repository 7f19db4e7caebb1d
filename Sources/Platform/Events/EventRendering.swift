import Core

/// Makes of an event what its targets get; the event is parsed at most once.
struct EventRendering {
    private let event: BusEvent
    private let account: AccountID
    private let region: Region
    private var parsed: JSON?

    init(_ event: BusEvent, account: AccountID, region: Region) {
        self.event = event
        self.account = account
        self.region = region
    }

    /// The event on its way to a target; with a refusal where nothing can be made of it for this one.
    mutating func parcel(for target: EventTarget, of rule: RuleID) -> (parcel: Parcel, refusal: DeliveryRefusal?) {
        let arn = ARN(service: "events", region: region, account: account, resource: "rule/\(rule.path)").description
        var refusal: DeliveryRefusal?
        let payload: [UInt8]
        do throws(InputTransformer.Flaw) { payload = try input(target.input, rule, arn) } catch {
            refusal = .final("INVALID_JSON", "The input transformer gives nothing that can be sent: \(error)")
            payload = event.bytes
        }
        var parcel = Parcel(
            account: account, target: target.arn,
            sender: Sender(service: EventBuses.service, source: arn, role: target.role), descent: event.descent,
            trace: event.trace.child(), payload: payload)
        parcel.origin = EventOrigin(event: event.id, target: target.id).text
        parcel.retry = target.retry ?? .standard
        if target.arn.contains(":api-destination/") {
            parcel.notes[EventDestinations.note] = target.httpParameters { json() }
            if target.input == .event { parcel.notes[EventDestinations.wholeEvent] = "true" }
        }
        parcel.group = target.messageGroup
        if target.messageGroup != nil { parcel.deduplication = parcel.id.description }
        parcel.deadLetters = target.deadLetter.map { queue in
            Parcel.DeadLetterQueue(arn: queue, facts: ["RULE_ARN": arn, "TARGET_ARN": target.arn])
        }
        return (parcel, refusal)
    }

    private mutating func input(
        _ input: TargetInput, _ rule: RuleID, _ arn: String
    ) throws(InputTransformer.Flaw) -> [UInt8] {
        switch input {
        case .event: return event.bytes
        case .constant(let text): return Array(text.utf8)
        case .path(let path): return (path.value(in: json()) ?? .null).serialized
        case .transformed(let transformer):
            return try transformer.output(
                for: json(),
                InputTransformer.Surroundings(ruleARN: arn, ruleName: rule.name.text, ingested: event.ingested))
        }
    }

    private mutating func json() -> JSON {
        if let parsed { return parsed }
        // It was written from JSON.
        let json = (try? JSON(parsing: event.bytes)) ?? .null
        parsed = json
        return json
    }
}

/// What a parcel says of where it comes from: the event, and the target of the rule that sends it.
struct EventOrigin: Hashable, Sendable {
    let event: RequestID
    let target: String

    init(event: RequestID, target: String) {
        self.event = event
        self.target = target
    }

    /// Reads the text form; anything else is `nil`.
    init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), let event = RequestID(text[..<slash]) else { return nil }
        self.init(event: event, target: String(text[text.index(after: slash)...]))
    }

    var text: String { "\(event)/\(target)" }
}
