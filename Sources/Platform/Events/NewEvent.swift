import Core

/// What somebody puts on a bus, checked.
package struct NewEvent: Sendable {
    /// Why an event is not taken; the rest of its request may be.
    package enum Refusal: Error, Hashable, Sendable {
        /// A member without which there is no event.
        case missing(String)
        case detailNotObject
        /// Only the platform speaks as `aws.` and `martlet.`.
        case reservedSource
        case busMissing(String)
        case badTime
        /// Arrays of objects that could be combined in too many ways to be matched.
        case unmatchable(limit: Int)
    }

    package let bus: EventBusName
    package let source: String
    package let detailType: String
    package let detail: JSON
    package var resources: [String] = []
    package var time: Instant?
    /// What a CloudEvent says beside that, for which events of buses have no members; it stands under `cloudevents`.
    package var context: JSONObject?
    package let descent: Descent
    package var trace: TraceContext

    /// Takes an event; `nil` and empty members are missing.
    package init(
        bus: EventBusName, source: String?, detailType: String?, detail: String?, descent: Descent, trace: TraceContext
    ) throws(Refusal) {
        guard let source, !source.isEmpty else { throw .missing("Source") }
        guard let detailType, !detailType.isEmpty else { throw .missing("DetailType") }
        guard let detail, !detail.isEmpty else { throw .missing("Detail") }
        guard !Self.isReserved(source) else { throw .reservedSource }
        // Anything that is no object is refused alike.
        guard let parsed = try? JSON(parsing: detail), case .object = parsed else { throw .detailNotObject }
        self.init(bus: bus, source: source, type: detailType, detail: parsed, descent: descent, trace: trace)
    }

    /// Whether only the platform puts events of a source on buses.
    package static func isReserved(_ source: String) -> Bool {
        source.hasPrefix("aws.") || source.hasPrefix("martlet.")
    }

    /// Takes an event whose members are known to be there, or one of the platform itself.
    package init(
        bus: EventBusName, source: String, type detailType: String, detail: JSON, descent: Descent, trace: TraceContext
    ) {
        self.bus = bus
        self.source = source
        self.detailType = detailType
        self.detail = detail
        self.descent = descent
        self.trace = trace
    }
}
