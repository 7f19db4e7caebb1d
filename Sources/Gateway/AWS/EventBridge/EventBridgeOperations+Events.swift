import Core
import EventPattern
import Platform

extension EventBridgeOperations {
    var eventOperations: [String: Handler] { ["PutEvents": put, "TestEventPattern": test] }

    /// Bytes of all entries of a request.
    private static let sizeLimit = 1 << 20

    @Sendable private func put(_ request: EventBridgeRequest) async throws -> WireValue {
        let entries = request.input["Entries"]?.list ?? []
        guard entries.reduce(0, { $0 + Self.size($1) }) < Self.sizeLimit else {
            throw WireError("ValidationException", "Total size of the entries in the request is over the limit.")
        }
        var read: [Result<NewEvent, NewEvent.Refusal>] = []
        for entry in entries {
            read.append(Result { () throws(NewEvent.Refusal) in try event(entry, request) })
        }
        // Without an error: those that were read.
        let new = read.compactMap { try? $0.get() }
        var answers = try await governed(Set(new.map(\.bus.text)).sorted()[...], request.call) {
            try await buses.put(new)
        }[...]
        let results = read.map { read -> Result<RequestID, NewEvent.Refusal> in
            switch read {
            case .success: answers.popFirst() ?? .failure(.detailNotObject)
            case .failure(let refusal): .failure(refusal)
            }
        }
        let failed = results.count { if case .failure = $0 { true } else { false } }
        return ["FailedEntryCount": .integer(Int64(failed)), "Entries": .list(results.map(Self.value))]
    }

    /// Asks the governor for each bus that gets events.
    private func governed<Answer: Sendable>(
        _ names: ArraySlice<String>, _ call: Call, _ body: () async throws -> Answer
    ) async throws -> Answer {
        guard let name = names.first else { return try await body() }
        return try await gate.pass(.bus, name, call, refusedAs: "ThrottlingException") {
            try await governed(names.dropFirst(), call, body)
        }
    }

    private func event(_ entry: WireValue, _ request: EventBridgeRequest) throws(NewEvent.Refusal) -> NewEvent {
        let bus: EventBusName
        let name = entry["EventBusName"]?.string
        do { bus = try name.map { (text) throws(EventBusError) in try buses.busName(text) } ?? .standard } catch {
            throw .busMissing(name ?? "")
        }
        let trace = entry["TraceHeader"]?.string.flatMap { TraceContext(amazon: $0) } ?? request.call.trace
        var event = try NewEvent(
            bus: bus, source: entry["Source"]?.string, detailType: entry["DetailType"]?.string,
            detail: entry["Detail"]?.string, descent: request.call.descent, trace: trace)
        event.resources = entry["Resources"]?.strings ?? []
        if let seconds = entry["Time"]?.timestamp {
            guard (0..<253_402_300_800).contains(seconds) else { throw .badTime }
            event.time = Instant(milliseconds: Int64(seconds * 1000))
        }
        return event
    }

    /// How AWS counts an entry.
    private static func size(_ entry: WireValue) -> Int {
        let texts = ["Source", "DetailType", "Detail"].compactMap { entry[$0]?.string }
        return (entry["Time"] == nil ? 0 : 14)
            + (texts + (entry["Resources"]?.strings ?? [])).reduce(0) { $0 + $1.utf8.count }
    }

    private static func value(_ result: Result<RequestID, NewEvent.Refusal>) -> WireValue {
        switch result {
        case .success(let id): return ["EventId": .string(id.description)]
        case .failure(let refusal):
            let (code, message) = words(for: refusal)
            return ["ErrorCode": .string(code), "ErrorMessage": .string(message)]
        }
    }

    private static func words(for refusal: NewEvent.Refusal) -> (code: String, message: String) {
        switch refusal {
        case .missing(let member):
            ("InvalidArgument", "Parameter \(member) is not valid. Reason: \(member) is a required argument.")
        // Not a word more: state machines catch it with the words that AWS has for it.
        case .detailNotObject: ("MalformedDetail", "Detail is malformed.")
        case .reservedSource: ("NotAuthorizedForSourceException", "Not authorized for the source.")
        case .busMissing(let name): ("InvalidArgument", "Event bus \(name.prefix(256)) does not exist.")
        case .badTime:
            ("InvalidArgument", "Parameter Time is not valid. Reason: It lies beyond the years 1970 to 9999.")
        case .unmatchable(let limit):
            (
                "InvalidArgument",
                "The arrays of the event can be combined in more than \(limit) ways, which no rule can be matched with."
            )
        }
    }

    @Sendable private func test(_ request: EventBridgeRequest) async throws -> WireValue {
        let pattern: EventPattern
        do throws(PatternError) { pattern = try EventPattern(parsing: request.text("EventPattern") ?? "") } catch {
            throw EventBusError.badPattern(error)
        }
        let bytes = Array((request.text("Event") ?? "").utf8)
        try Self.checkEvent(bytes)
        do throws(EventError) { return ["Result": .bool(try EventExplanation(of: pattern, on: bytes).matches)] } catch {
            throw Self.noEvent("It cannot be matched: \(error).")
        }
    }

    /// Refuses what is no event as buses have them.
    private static func checkEvent(_ bytes: [UInt8]) throws {
        let event: JSON
        do { event = try JSON(parsing: bytes) } catch { throw noEvent("It is not JSON at byte \(error.offset).") }
        guard event.object != nil else { throw noEvent("It is not a JSON object.") }
        for member in ["id", "account", "source", "time", "region", "detail-type"] where event[member]?.string == nil {
            throw noEvent("It has no text \(member).")
        }
    }

    private static func noEvent(_ reason: String) -> WireError {
        WireError("ValidationException", "Parameter Event is not valid. Reason: \(reason)")
    }
}
