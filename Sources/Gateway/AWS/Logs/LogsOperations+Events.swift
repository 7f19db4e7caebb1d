import Core
import Platform

extension LogsOperations {
    var eventOperations: [String: Handler] {
        ["PutLogEvents": put, "GetLogEvents": get, "FilterLogEvents": filter]
    }

    private static let eventLimit = 10_000

    @Sendable private func put(_ request: Request) async throws -> WireValue {
        let events = (request.input["logEvents"]?.list ?? []).map { event in
            (time: Instant(milliseconds: event["timestamp"]?.integer ?? 0), message: event["message"]?.string ?? "")
        }
        let rejected = try await logs.put(events, to: request.stream())
        // Sequence tokens are accepted and ignored; old clients want one back.
        var answer: WireValue = ["nextSequenceToken": "0"]
        if rejected != Logs.Rejected() {
            answer["rejectedLogEventsInfo"] = [
                "tooOldLogEventEndIndex": WireValue(rejected.tooOldBefore),
                "tooNewLogEventStartIndex": WireValue(rejected.tooNewFrom),
                "expiredLogEventEndIndex": WireValue(rejected.expiredBefore),
            ]
        }
        return answer
    }

    @Sendable private func get(_ request: Request) async throws -> WireValue {
        var start = request.input["startFromHead"]?.bool == true ? Logs.Start.head : .tail
        if let token = request.input["nextToken"]?.string { start = try Self.start(token) }
        let page = try await logs.events(
            of: request.stream(), from: request.instant("startTime"), before: request.instant("endTime"), start: start,
            limit: request.limit(standard: Self.eventLimit))
        let events = page.events.map { found -> WireValue in
            [
                "timestamp": .integer(found.event.time.milliseconds), "message": .string(found.event.text),
                "ingestionTime": .integer(found.event.ingested.milliseconds),
            ]
        }
        return [
            "events": .list(events), "nextForwardToken": .string(Self.token("f", page.forward)),
            "nextBackwardToken": .string(Self.token("b", page.backward)),
        ]
    }

    private static func token(_ direction: String, _ position: LogPosition) -> String {
        "\(direction)/\(position.batch)/\(position.index)"
    }

    private static func start(_ token: String) throws(LogsError) -> Logs.Start {
        let parts = token.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let position = LogPosition(batch: parts[1], index: parts[2]) else { throw .badToken }
        switch parts[0] {
        case "f": return .forward(position)
        case "b": return .backward(position)
        default: throw .badToken
        }
    }

    @Sendable private func filter(_ request: Request) async throws -> WireValue {
        let input = request.input
        guard input["logStreamNames"] == nil || input["logStreamNamePrefix"] == nil else {
            throw WireError.logsParameter("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
        }
        guard input["startFromHead"]?.bool != false else {
            throw WireError.logsParameter("Only startFromHead=true is supported: the earliest events come first.")
        }
        var query = LogQuery(group: try request.group())
        query.streams = try (input["logStreamNames"]?.strings ?? []).map { try Request.streamName($0) }
        query.prefix = input["logStreamNamePrefix"]?.string
        query.from = request.instant("startTime")
        query.through = request.instant("endTime")
        query.pattern = try FilterPattern(input["filterPattern"]?.string ?? "")
        query.limit = request.limit(standard: Self.eventLimit)
        query.after = try request.token().map { (text) throws(LogsError) in try LogMark(token: text) }
        let page = try await logs.search(query)
        let events = page.events.map { found -> WireValue in
            [
                "logStreamName": .string(found.stream.text), "timestamp": .integer(found.event.time.milliseconds),
                "message": .string(found.event.text), "ingestionTime": .integer(found.event.ingested.milliseconds),
                "eventId": .string(found.id),
            ]
        }
        return [
            "events": .list(events), "searchedLogStreams": [], "nextToken": Request.token(page.next?.token),
        ]
    }
}

extension LogPosition {
    fileprivate init?(batch: Substring, index: Substring) {
        guard let batch = Int64(batch), let index = Int(index), (0..<Int64.max).contains(batch),
            (0..<Int.max).contains(index)
        else { return nil }
        self.init(batch: batch, index: index)
    }
}

extension LogMark {
    /// The text form; the stream's name, which may hold anything, stands at the end.
    fileprivate var token: String { "\(time.milliseconds)/\(position.batch)/\(position.index)/\(stream)" }

    fileprivate init(token: String) throws(LogsError) {
        let parts = token.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let time = Int64(parts[0]),
            let position = LogPosition(batch: parts[1], index: parts[2])
        else { throw .badToken }
        self.init(time: Instant(milliseconds: time), stream: String(parts[3]), position: position)
    }
}
