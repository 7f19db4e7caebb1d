import Core
import Logging
import Storage

/// The replays of an account: takes events out of archives and puts them onto their buses again.
///
/// Each step is one commit of what the events give and of where the replay stands, so that a replay goes on behind what
/// it has done whenever the server is stopped or killed.
package actor EventReplays {
    /// Entries of one step.
    private static let stepSize = 50
    private static let stepBytes = 1 << 20
    /// How long a replay rests that could not go on.
    private static let pause = Duration.seconds(5)

    private struct Live {
        var value: EventReplay
        var version: Int64
    }

    private let buses: EventBuses
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private var replays: [RuleName: Live] = [:]

    /// Replays events of archives of these buses.
    package init(buses: EventBuses) {
        self.buses = buses
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// The ARN of a replay.
    package nonisolated func arn(_ name: RuleName) -> ARN { buses.arn(prefix: "replay/\(name)") }

    /// Reads all replays; those that were cut off go on once `run` does.
    package func restore() async throws(EventBusError) {
        let all: [(name: RuleName, value: EventReplay)] = try await buses.list(EventRecords.replays)
        let found = try await buses.records.read(
            all.map { EventRecords.key(replay: $0.name) }, as: EventReplay.self)
        for ((name, _), found) in zip(all, found) {
            if let found { replays[name] = Live(value: found.value, version: found.version) }
        }
        signal.yield()
    }

    /// Starts a replay.
    package func start(_ name: RuleName, _ new: NewReplay) async throws(EventBusError) -> EventReplay {
        guard replays[name] == nil else { throw .replayExists(name) }
        let found = try await buses.load(archive: new.archive)
        guard found.value.bus == new.bus else {
            throw .badReplay("Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.")
        }
        guard new.from < new.until else {
            throw .badReplay(
                "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.")
        }
        for rule in new.rules { _ = try buses.rule(RuleID(bus: new.bus, name: rule)) }
        guard replays.count < buses.limits.replays,
            replays.values.count(where: { $0.value.isActive }) < buses.limits.runningReplays
        else { throw .tooMany(.replays, limit: buses.limits.runningReplays) }
        let slice = try await buses.read(EventLogID(key: found.key).log, from: 0, limit: 1)
        let replay = EventReplay(
            archive: new.archive, log: found.key.text, bus: new.bus, rules: new.rules, from: new.from,
            until: new.until, summary: new.summary, started: buses.now, next: slice.first, end: slice.end)
        let put = try await put(name, replay, expect: .absent)
        guard let results = try await buses.records.commit([put]) else { throw .replayExists(name) }
        replays[name] = Live(value: replay, version: results[0].version)
        signal.yield()
        return replay
    }

    /// Ends a replay before its time.
    package func cancel(_ name: RuleName) async throws(EventBusError) -> EventReplay {
        while true {
            try await reload(name)
            guard let live = replays[name] else { throw .replayMissing(name) }
            guard live.value.isActive else { throw .replayEnded(name) }
            var replay = live.value
            replay.end(.cancelled, "Cancelled by the user.", at: buses.now)
            let put = try await put(name, replay, expect: .version(live.version))
            // A step was faster; it is cancelled behind that.
            guard let results = try await buses.records.commit([put]) else { continue }
            replays[name] = Live(value: replay, version: results[0].version)
            return replay
        }
    }

    /// A replay, whichever server carries it out.
    package func replay(_ name: RuleName) async throws(EventBusError) -> EventReplay {
        try await reload(name)
        guard let live = replays[name] else { throw .replayMissing(name) }
        return live.value
    }

    /// All replays, by name.
    package nonisolated func all() async throws(EventBusError) -> [(name: RuleName, replay: EventReplay)] {
        let all: [(name: RuleName, value: EventReplay)] = try await buses.list(EventRecords.replays)
        return all.map { ($0.name, $0.value) }
    }

    /// Replays until the task is cancelled.
    package func run() async {
        for await _ in signals {
            while !Task.isCancelled, let name = replays.keys.filter({ replays[$0]?.value.isActive == true }).min() {
                do { try await step(name) } catch {
                    buses.logger.error(
                        "A replay could not go on; it is tried again.",
                        metadata: ["replay": "\(name)", "reason": "\(error)"])
                    do { try await Task.sleep(for: Self.pause) } catch { return }
                }
            }
        }
    }

    /// Takes some entries of the archive.
    private func step(_ name: RuleName) async throws {
        guard let live = replays[name], live.value.isActive else { return }
        var replay = live.value
        let events: [BusEvent]
        do { events = try await self.events(of: &replay, name) } catch KeysError.erased {
            events = []
            replay.end(.failed, "The archive was deleted.", at: buses.now)
        }
        if replay.isActive, replay.next >= replay.end { replay.end(.completed, nil, at: buses.now) }
        let put = try await put(name, replay, expect: .version(live.version))
        do { try await buses.send(planned(events, name), with: [put]) } catch StoreError.conflict {
            return try await reload(name)
        }
        try await reload(name)
    }

    /// Where the events go; one that the rules of today cannot be matched with is left out.
    private func planned(_ events: [BusEvent], _ name: RuleName) -> [FanOut] {
        events.compactMap { event in
            do throws(NewEvent.Refusal) { return FanOut(event: event, deliveries: try buses.plan(for: event)) } catch {
                buses.logger.warning(
                    "An event of a replay could not be matched.",
                    metadata: ["replay": "\(name)", "event": "\(event.id)", "reason": "\(error)"])
                return nil
            }
        }
    }

    private func events(of replay: inout EventReplay, _ name: RuleName) async throws -> [BusEvent] {
        replay.state = .running
        let key = try await buses.records.keys.existingKey(for: replay.log, in: buses.account)
        let slice = try await buses.read(
            LogID(replay.log), from: replay.next, limit: Self.stepSize, maxBytes: Self.stepBytes)
        var events: [BusEvent] = []
        for entry in slice.entries.prefix(while: { $0.sequence < replay.end }) {
            replay.next = entry.sequence + 1
            guard (replay.from..<replay.until).contains(try ArchivedEvent.time(of: entry.value)) else { continue }
            let archived = try ArchivedEvent(
                entry.value, account: buses.account, resource: replay.log, key: key)
            events.append(try BusEvent(archived, of: replay, name, at: buses.now))
            replay.lastReplayed = archived.time
        }
        // What was trimmed meanwhile is not there any more.
        if slice.entries.isEmpty { replay.next = replay.end }
        return events
    }

    private func put(
        _ name: RuleName, _ replay: EventReplay, expect: Expect
    ) async throws(EventBusError) -> WriteOperation {
        try await buses.records.put(
            replay, at: EventRecords.key(replay: name), key: try buses.live(replay.bus).key, expect: expect)
    }

    private func reload(_ name: RuleName) async throws(EventBusError) {
        let found = try await buses.records.read(EventRecords.key(replay: name), as: EventReplay.self)
        replays[name] = found.map { Live(value: $0.value, version: $0.version) }
    }
}

extension EventReplay {
    fileprivate mutating func end(_ state: State, _ reason: String?, at now: Instant) {
        self.state = state
        self.reason = reason
        ended = now
    }
}

extension BusEvent {
    /// An event out of an archive, which says in which replay it comes.
    fileprivate init(_ archived: ArchivedEvent, of replay: EventReplay, _ name: RuleName, at now: Instant) throws {
        var members = try JSON(parsing: archived.bytes).object ?? JSONObject()
        members["replay-name"] = .string(name.text)
        self.init(
            id: archived.id, bus: replay.bus, time: archived.time, ingested: now,
            bytes: JSON.object(members).serialized, descent: Descent(), trace: TraceContext())
        isReplay = true
        only = replay.rules.isEmpty ? nil : Set(replay.rules)
    }
}
