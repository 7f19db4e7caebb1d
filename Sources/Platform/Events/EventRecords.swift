import Core
import Storage

/// The records of event buses and what belongs to them, sealed with the key of the bus.
typealias EventRecords = SealedRecords<EventBusError>

extension SealedRecords where Failure == EventBusError {
    static var buses: String { "event-bus" }
    static var rules: String { "event-rule" }

    static func key(_ bus: EventBusName) -> RecordKey { RecordKey(kind: buses, id: bus.text) }
    static func key(_ rule: RuleID) -> RecordKey { RecordKey(kind: rules, id: rule.description) }
}
