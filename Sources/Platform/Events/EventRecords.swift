import Core
import Storage

/// The records of event buses and what belongs to them, sealed with the key of the bus.
typealias EventRecords = SealedRecords<EventBusError>

extension SealedRecords where Failure == EventBusError {
    static var buses: String { "event-bus" }
    static var rules: String { "event-rule" }
    static var archives: String { "event-archive" }
    static var replays: String { "event-replay" }

    static func key(_ bus: EventBusName) -> RecordKey { RecordKey(kind: buses, id: bus.text) }
    static func key(archive: RuleName) -> RecordKey { RecordKey(kind: archives, id: archive.text) }
    static func key(replay: RuleName) -> RecordKey { RecordKey(kind: replays, id: replay.text) }
    static func key(_ rule: RuleID) -> RecordKey { RecordKey(kind: rules, id: rule.description) }
}
