import Core

/// One fire time of a schedule, on its way to the schedule's target.
package struct Firing: Sendable {
    package let account: AccountID
    package let region: Region
    package let schedule: ARN
    package let target: ScheduleTarget
    /// The time that the schedule's expression says.
    package let scheduled: Instant
    /// What tells this firing apart from all others.
    package let execution: RequestID
    /// The beginning of a lineage: time is what caused it.
    package let descent: Descent
    package let trace: TraceContext
    /// Who is told how it ended.
    package var channels: ResultChannels?

    /// The target's input with the facts of this firing in it; an event that names the schedule where there is none.
    ///
    /// Source: EventBridge Scheduler user guide, "Adding context attributes".
    package var input: String {
        guard let input = target.input else { return target.event == nil ? event.text : "{}" }
        let facts = [
            ("schedule-arn", schedule.description), ("scheduled-time", time), ("execution-id", execution.description),
            ("attempt-number", "1"),
        ]
        guard input.utf8.contains(UInt8(ascii: "<")) else { return input }
        return facts.reduce(input) { $0.replacing("<aws.scheduler.\($1.0)>", with: $1.1) }
    }

    /// The firing on its way to the target.
    package var parcel: Parcel {
        var parcel = Parcel(
            id: execution, account: account, target: target.arn,
            sender: Sender(service: Self.service, source: schedule.description, role: target.role), descent: descent,
            trace: trace, payload: Array(input.utf8))
        parcel.retry = target.retry ?? .standard
        parcel.channels = channels
        parcel.group = target.messageGroup
        if target.messageGroup != nil { parcel.deduplication = execution.description }
        if let event = target.event {
            parcel.attributes = [(EventRoute.source, event.source), (EventRoute.detailType, event.detailType)].map {
                MessageAttribute(name: $0.0, type: "String", value: .text($0.1))
            }
        }
        parcel.deadLetters = target.deadLetter.map { queue in
            Parcel.DeadLetterQueue(
                arn: queue,
                facts: ["SCHEDULE_ARN": schedule.description, "SCHEDULED_TIME": time, "TARGET_ARN": target.arn])
        }
        return parcel
    }

    /// Who delivers, as policies name it.
    package static let service = "scheduler.amazonaws.com"

    private var time: String { scheduled.iso8601.prefix(19) + "Z" }

    private var event: JSON {
        [
            "version": "0", "id": .string(execution.description), "detail-type": "Scheduled Event",
            "source": "aws.scheduler", "account": .string(account.text), "time": .string(time),
            "region": .string(region.text), "resources": [.string(schedule.description)], "detail": "{}",
        ]
    }
}
