import Core
import Platform

extension LogsOperations {
    /// Starts `StartLiveTail`: the body of its answer, piece by piece, until the client goes or three hours are over.
    ///
    /// The pieces are messages of `application/vnd.amazon.eventstream`; the front sends them as they come.
    package func liveTail(_ call: Call, _ input: WireValue) async throws -> AsyncStream<[UInt8]> {
        let start = Self.guarded("StartLiveTail") { request in try await LiveTail(request, logs) }
        let tail = try await start(call, input)
        return AsyncStream(unfolding: { await tail.next() })
    }
}

/// One session that watches lines.
private actor LiveTail {
    private static let duration = Duration.seconds(3 * 3600)
    private static let interval = Duration.seconds(1)
    private static let contentType = "application/json"

    private let request: LogsOperations.Request
    private let tap: LogTap
    private let end = ContinuousClock.now + LiveTail.duration
    private var isStarted = false

    init(_ request: LogsOperations.Request, _ logs: Logs) async throws {
        let input = request.input
        await logs.flush()
        let groups = try (input["logGroupIdentifiers"]?.strings ?? []).map { try request.group($0) }
        for group in groups { _ = try await logs.group(group) }
        let streams = try (input["logStreamNames"]?.strings ?? []).map { try LogsOperations.Request.streamName($0) }
        let interest = LogInterest(
            groups: Set(groups), streams: Set(streams),
            prefixes: input["logStreamNamePrefixes"]?.strings ?? [],
            pattern: try FilterPattern(input["logEventFilterPattern"]?.string ?? ""))
        self.request = request
        tap = try logs.tap(interest)
    }

    /// The next piece of the body; `nil` at the end.
    func next() async -> [UInt8]? {
        guard isStarted else {
            isStarted = true
            return Self.event("initial-response", [:]) + Self.event("sessionStart", sessionStart)
        }
        guard ContinuousClock.now < end else { return nil }
        do { try await Task.sleep(for: Self.interval) } catch { return nil }
        return Self.event("sessionUpdate", update)
    }

    private var sessionStart: JSON {
        var members = request.input.json.object ?? JSONObject()
        members["requestId"] = .string(request.call.requestID.description)
        members["sessionId"] = .string(request.call.requestID.description)
        return .object(members)
    }

    private var update: JSON {
        let (lines, isSampled) = tap.take()
        let results = lines.flatMap { lines -> [JSON] in
            let group = JSON.string("\(lines.stream.group.account):\(lines.stream.group.name)")
            return lines.events.map { found in
                [
                    "logGroupIdentifier": group, "logStreamName": .string(found.stream.text),
                    "message": .string(found.event.text),
                    "timestamp": .number(JSONNumber(found.event.time.milliseconds)),
                    "ingestionTime": .number(JSONNumber(found.event.ingested.milliseconds)),
                ]
            }
        }
        return ["sessionMetadata": ["sampled": .bool(isSampled)], "sessionResults": .array(results)]
    }

    private static func event(_ type: String, _ content: JSON) -> [UInt8] {
        EventStreamMessage.event(type, contentType: contentType, payload: content.serialized).bytes
    }
}
