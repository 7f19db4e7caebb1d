import Core

/// An event on a bus: its bytes, as rules match them and targets get them.
package struct BusEvent: Sendable {
    package let id: RequestID
    package let bus: EventBusName
    package let time: Instant
    /// When it was taken.
    package let ingested: Instant
    package let bytes: [UInt8]
    package let descent: Descent
    package let trace: TraceContext
    /// The rules to which alone it goes, as the destination of a replay may say.
    var only: Set<RuleName>?
    /// Whether it comes out of an archive, into which it is not put again.
    var isReplay = false

    /// Makes what goes over the bus of what somebody puts on it.
    init(_ new: NewEvent, id: RequestID = RequestID(), region: Region, account: AccountID, at now: Instant) {
        self.id = id
        bus = new.bus
        time = new.time ?? now
        ingested = now
        descent = new.descent
        trace = new.trace
        bytes = Self.bytes(
            id: id.description, new, account: account.text, time: time, region: region.text)
    }

    /// An event as it lay in a record of this or another bus.
    init(
        id: RequestID, bus: EventBusName, time: Instant, ingested: Instant, bytes: [UInt8], descent: Descent,
        trace: TraceContext
    ) {
        self.id = id
        self.bus = bus
        self.time = time
        self.ingested = ingested
        self.bytes = bytes
        self.descent = descent
        self.trace = trace
    }

    private static func bytes(
        id: String, _ new: NewEvent, account: String, time: Instant, region: String
    ) -> [UInt8] {
        var event = JSONObject([
            ("version", "0"), ("id", .string(id)), ("detail-type", .string(new.detailType)),
            ("source", .string(new.source)), ("account", .string(account)), ("time", .string(time.wholeSeconds)),
            ("region", .string(region)), ("resources", .array(new.resources.map(JSON.string))),
        ])
        if let context = new.context { event["cloudevents"] = .object(context) }
        event["detail"] = new.detail
        return JSON.object(event).serialized
    }
}

extension Instant {
    /// As events say times: `2026-11-20T12:00:00Z`.
    var wholeSeconds: String { iso8601.prefix(19) + "Z" }
}
