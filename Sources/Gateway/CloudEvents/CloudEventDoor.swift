import AccessPolicy
import Core
import Platform

/// Takes CloudEvents 1.0 over HTTP at `/cloudevents/BUS`: structured, binary and in batches.
///
/// Whoever may put events on the bus may put them so. All events of a request are taken, or none.
struct CloudEventDoor: Sendable {
    static let prefix = "/cloudevents/"
    /// Events of one request.
    private static let batchLimit = 10
    /// Bytes of one request, as for `PutEvents`.
    private static let sizeLimit = 1 << 20

    let buses: EventBuses
    let access: AccessControl
    let gate: CallGate

    /// The request as the operation that does the same, which says how it is audited and how errors are written.
    static func asPutEvents(_ request: WireRequest) -> WireRequest {
        var headers = request.headers
        headers.append("X-Amz-Target", "AWSEvents.PutEvents")
        return WireRequest(method: "POST", rawPath: "/", rawQuery: "", headers: headers, body: request.body)
    }

    /// Puts the events of a request on the bus that its path names.
    func put(_ request: WireRequest, _ call: Call) async throws -> JSON {
        guard request.method == "POST" else {
            throw WireError("ValidationException", "CloudEvents are sent with POST.", status: 405)
        }
        guard request.body.count < Self.sizeLimit else {
            throw WireError("ValidationException", "The request is larger than \(Self.sizeLimit) bytes.", status: 413)
        }
        let bus: EventBusName
        do throws(EventBusError) {
            bus = try buses.busName(String(request.rawPath.dropFirst(Self.prefix.count)))
            try await buses.seek(bus)
            _ = try buses.bus(bus)
        } catch { throw WireError(error) }
        let events: [CloudEvent]
        do throws(CloudEvent.Flaw) { events = try Self.events(of: request) } catch {
            throw WireError("ValidationException", "This is no CloudEvent of version 1.0: \(Self.words(for: error))")
        }
        guard (1...Self.batchLimit).contains(events.count) else {
            throw WireError("ValidationException", "A batch has 1 to \(Self.batchLimit) events.")
        }
        var new: [NewEvent] = []
        for event in events { new.append(try await checked(event, bus, call)) }
        let checked = new
        let results = try await gate.pass(.bus, bus.text, call, refusedAs: "ThrottlingException") {
            try await buses.put(checked)
        }
        var entries: [JSON] = []
        for result in results {
            guard case .success(let id) = result else {
                throw WireError("ValidationException", "An event of the request cannot be matched with rules.")
            }
            entries.append(["EventId": .string(id.description)])
        }
        return ["Entries": .array(entries)]
    }

    private func checked(_ event: CloudEvent, _ bus: EventBusName, _ call: Call) async throws -> NewEvent {
        guard !NewEvent.isReserved(event.source) else {
            throw WireError("NotAuthorizedForSourceException", "Not authorized for the source.", status: 403)
        }
        // A bus that was deleted meanwhile has no policy; then the event is refused.
        let policy = (try? buses.bus(bus))?.policy
        try await Guard.check(
            call, Action(service: "events", name: "PutEvents"), on: .named(buses.arn(bus), owner: buses.account),
            policy: policy.map { access.resourcePolicy($0, of: "policy of event bus \(bus)") } ?? .none,
            facts: ["events:source": .text(event.source), "events:detail-type": .text(event.type)])
        var new = NewEvent(
            bus: bus, source: event.source, type: event.type, detail: event.detail, descent: call.descent,
            trace: call.trace)
        new.time = event.time
        new.context = event.context
        return new
    }

    /// The events of a request in the mode that its content type names.
    static func events(of request: WireRequest) throws(CloudEvent.Flaw) -> [CloudEvent] {
        let type = request.headers["content-type"]?.lowercased() ?? ""
        guard type.hasPrefix("application/cloudevents") else {
            return [try CloudEvent(headers: request.headers.fields, body: request.body)]
        }
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: request.body) } catch { throw .notJSON(byte: error.offset) }
        guard type.hasPrefix("application/cloudevents-batch") else { return [try CloudEvent(json)] }
        guard let elements = json.array else { throw .notABatch }
        var events: [CloudEvent] = []
        for element in elements.prefix(batchLimit + 1) { events.append(try CloudEvent(element)) }
        return events
    }

    private static func words(for flaw: CloudEvent.Flaw) -> String {
        switch flaw {
        case .notJSON(let byte): "the body is not JSON at byte \(byte)."
        case .notAnObject: "it is no JSON object."
        case .notABatch: "a batch is a JSON array."
        case .unknownVersion(let version): "its specversion is '\(version.prefix(32))'."
        case .missing(let name): "the attribute \(name) is missing, or is no text."
        case .badAttribute(let name):
            "the attribute '\(name.prefix(64))' cannot be taken: names are of lower-case letters and digits, values of one "
                + "line, times as in RFC 3339."
        case .twoData: "it has data and data_base64."
        case .badData: "its data_base64 is not base64."
        }
    }
}
