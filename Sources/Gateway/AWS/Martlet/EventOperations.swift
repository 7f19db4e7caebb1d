import Core
import EventPattern
import Platform

/// The operations of Martlet's own service on events: what `martlet events` asks for.
package struct EventOperations: Sendable {
    let buses: EventBuses

    /// Serves one account's event buses.
    package init(buses: EventBuses) { self.buses = buses }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        Guard.authorized(["TailEvents": tail, "ExplainEvent": explain], service: "martlet") { call, _, _ in
            .account(call.account)
        }
    }

    @Sendable private func tail(_: Call, _ input: WireValue) async throws -> WireValue {
        var bus: EventBusName?
        var pattern: EventPattern?
        do throws(EventBusError) {
            if let text = input["Bus"]?.string {
                let name = try buses.busName(text)
                _ = try buses.bus(name)
                bus = name
            }
            if let text = input["Pattern"]?.string {
                do throws(PatternError) { pattern = try EventPattern(parsing: text) } catch {
                    throw EventBusError.badPattern(error)
                }
            }
        } catch { throw WireError(error) }
        let part = buses.recent.events(after: input["After"]?.integer, on: bus, matching: pattern)
        let events = part.events.map { one -> WireValue in
            [
                "Bus": .string(one.event.bus.text), "TakenAt": .timestamp(one.event.ingested.seconds),
                "Lineage": .string(one.event.descent.lineage.description),
                "Event": .string(String(decoding: one.event.bytes, as: UTF8.self)),
            ]
        }
        return ["Events": .list(events), "Last": .integer(part.last), "Missed": .integer(part.missed)]
    }

    @Sendable private func explain(_: Call, _ input: WireValue) async throws -> WireValue {
        let text = input["Id"]?.string ?? ""
        guard let id = RequestID(text), let story = try await buses.stories.story(of: id), let bus = story.bus else {
            throw WireError(
                "EventNotFoundException",
                "Nothing is known of the event \(text): its id is wrong, or it is older than a day.", status: 404)
        }
        let event = Array(story.event)
        // A bus that was deleted since has no rules; an event that is not kept cannot be compared.
        let verdicts = event.isEmpty ? [] : (try? buses.verdicts(on: event, of: bus)) ?? []
        return [
            "Id": .string(id.description), "Bus": .string(bus.text),
            "TakenAt": story.taken.map { .timestamp($0.seconds) } ?? .null, "Lineage": WireValue(story.lineage),
            "Event": event.isEmpty ? .null : .string(String(decoding: event, as: UTF8.self)),
            "Archives": WireValue(story.archives.map(\.text)), "Deliveries": .list(story.deliveries.map(Self.value)),
            "Rules": .list(
                verdicts.map { verdict in
                    [
                        "Rule": .string(verdict.rule.text), "Matches": .bool(verdict.matches),
                        "Reasons": WireValue(verdict.reasons),
                    ]
                }),
        ]
    }

    private static func value(_ delivery: EventStory.Delivery) -> WireValue {
        [
            "Rule": .string(delivery.rule), "TargetId": .string(delivery.target), "Target": WireValue(delivery.arn),
            "Outcome": .string(delivery.outcome.rawValue), "Attempts": .integer(Int64(delivery.attempts)),
            "At": delivery.at.map { .timestamp($0.seconds) } ?? .null, "Code": WireValue(delivery.code),
            "Reason": WireValue(delivery.reason), "DeadLetterQueue": WireValue(delivery.queue),
        ]
    }
}
