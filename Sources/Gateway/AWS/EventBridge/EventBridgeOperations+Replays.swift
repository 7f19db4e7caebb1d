import Core
import Platform

extension EventBridgeOperations {
    var replayOperations: [String: Handler] {
        ["StartReplay": start, "CancelReplay": cancel, "DescribeReplay": describe, "ListReplays": list]
    }

    @Sendable private func start(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("ReplayName")
        let prefix = buses.arn(prefix: "archive/").description
        let source = request.text("EventSourceArn") ?? ""
        guard source.hasPrefix(prefix), let archive = RuleName(rawValue: String(source.dropFirst(prefix.count))) else {
            throw WireError(
                "ValidationException", "Parameter EventSourceArn is not valid. Reason: Must contain an archive ARN.")
        }
        let destination = request.input["Destination"]
        guard let text = destination?["Arn"]?.string, text.contains(":event-bus/") else {
            throw WireError(
                "ValidationException",
                "Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.")
        }
        let bus = try buses.busName(text)
        var new = NewReplay(
            archive: archive, bus: bus, from: try request.instant("EventStartTime"),
            until: try request.instant("EventEndTime"))
        new.summary = request.text("Description")
        for text in destination?["FilterArns"]?.strings ?? [] {
            guard let arn = try? ARN(text), request.bus(of: arn) == bus,
                let rule = arn.resource.split(separator: "/").last.flatMap({ RuleName(rawValue: String($0)) })
            else {
                throw WireError(
                    "ValidationException",
                    "Parameter Destination.FilterArns is not valid. Reason: \(text.prefix(512)) is no rule of the bus.")
            }
            new.rules.append(rule)
        }
        return answer(name, try await replays.start(name, new))
    }

    @Sendable private func cancel(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("ReplayName")
        return answer(name, try await replays.cancel(name)).with("State", "CANCELLING")
    }

    @Sendable private func describe(_ request: EventBridgeRequest) async throws -> WireValue {
        let name = try request.name("ReplayName")
        let replay = try await replays.replay(name)
        let rules = replay.rules.map { buses.arn(RuleID(bus: replay.bus, name: $0)).description }
        return value(name, replay).with("ReplayArn", .string(replays.arn(name).description))
            .with("Description", WireValue(replay.summary))
            .with(
                "Destination",
                [
                    "Arn": .string(buses.arn(replay.bus).description),
                    "FilterArns": rules.isEmpty ? .null : WireValue(rules),
                ])
    }

    @Sendable private func list(_ request: EventBridgeRequest) async throws -> WireValue {
        let prefix = request.text("NamePrefix") ?? ""
        let found = try await replays.all().filter { name, replay in
            name.text.hasPrefix(prefix) && request.text("State").map { $0 == replay.state.rawValue } ?? true
                && request.text("EventSourceArn").map { $0 == buses.arn(archive: replay.archive).description } ?? true
        }
        let page = try request.page(found) { $0.name.text }
        return ["Replays": .list(page.elements.map { value($0.name, $0.replay) }), "NextToken": WireValue(page.next)]
    }

    private func answer(_ name: RuleName, _ replay: EventReplay) -> WireValue {
        [
            "ReplayArn": .string(replays.arn(name).description), "State": .string(replay.state.rawValue),
            "StateReason": WireValue(replay.reason), "ReplayStartTime": .timestamp(replay.started.seconds),
        ]
    }

    private func value(_ name: RuleName, _ replay: EventReplay) -> WireValue {
        func time(_ instant: Instant?) -> WireValue { instant.map { .timestamp($0.seconds) } ?? .null }
        return [
            "ReplayName": .string(name.text),
            "EventSourceArn": .string(buses.arn(archive: replay.archive).description),
            "State": .string(replay.state.rawValue), "StateReason": WireValue(replay.reason),
            "EventStartTime": time(replay.from), "EventEndTime": time(replay.until),
            "EventLastReplayedTime": time(replay.lastReplayed), "ReplayStartTime": time(replay.started),
            "ReplayEndTime": time(replay.ended),
        ]
    }
}

extension EventBridgeRequest {
    /// A time between the years 1970 and 9999.
    fileprivate func instant(_ member: String) throws -> Instant {
        guard let seconds = input[member]?.timestamp, (0..<253_402_300_800).contains(seconds) else {
            throw WireError("ValidationException", "Parameter \(member) lies beyond the years 1970 to 9999.")
        }
        return Instant(milliseconds: Int64(seconds * 1000))
    }
}
