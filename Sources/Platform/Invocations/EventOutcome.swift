import Core
import NIOCore

/// How an asynchronous call ended, as its destinations and its dead-letter queue are told.
///
/// Source: AWS Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
struct EventOutcome: Sendable {
    /// What the function answered, the last time that it ran.
    struct Answer: Sendable {
        let payload: [UInt8]
        let version: VersionNumber
        let isError: Bool
    }

    /// Who sends results, as policies name it.
    private static let service = "lambda.amazonaws.com"
    /// Bytes of the error message in a message of a dead-letter queue.
    private static let messageLimit = 1024

    let item: WorkItem
    let event: [UInt8]
    let target: ResolvedFunction
    /// `nil` where it did not run at all.
    let answer: Answer?
    /// Why it was given up; `nil` where it succeeded.
    let failure: String?
    /// Who is told beside those that the function names.
    var channels: ResultChannels?

    /// What goes to the function's destination for such an end, and to its dead-letter queue.
    var parcels: [Parcel] {
        var parcels: [Parcel] = []
        let configuration = target.eventInvoke
        if let destination = failure == nil ? configuration.onSuccess : configuration.onFailure {
            parcels.append(result(to: destination))
        }
        if failure != nil, let queue = target.main.configuration.surroundings.deadLetterTarget {
            parcels.append(letter(to: queue))
        }
        return parcels
    }

    /// What the channels of the function and of whoever called it are told.
    var notices: [Parcel] {
        let channels = Set([target.channels, channels].compactMap { $0 }.filter { !$0.isEmpty })
        guard !channels.isEmpty else { return [] }
        var facts: [(name: String, value: String)] = [
            ("Function", qualifiedARN), ("Request", "\(item.requestID)"), ("Accepted", item.accepted.iso8601),
            ("Ended", Instant.now.iso8601), ("Lineage", "\(item.lineage)"),
        ]
        if failure != nil { facts.append(("Errors", "\(item.errors + (answer == nil ? 0 : 1))")) }
        let notice = ResultNotice(
            target.name.text, functionARN, failure: failure.map { error ?? $0 },
            detail: answer.map { String(decoding: $0.payload, as: UTF8.self) } ?? failure ?? "", facts: facts)
        return notice.parcels(to: channels, from: parcel(to: "", []))
    }

    /// What the function said went wrong, as a line.
    private var error: String? {
        guard let answer, answer.isError else { return nil }
        let json = Self.json(answer.payload)
        let parts = [json["errorType"]?.string, json["errorMessage"]?.string].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ": ")
    }

    private func parcel(to destination: String, _ payload: [UInt8]) -> Parcel {
        Parcel(
            account: target.account, target: destination,
            sender: Sender(service: Self.service, source: functionARN, role: target.main.configuration.role),
            descent: item.descent.below(target.key), trace: item.trace.child(), payload: payload)
    }

    /// The record of the call; to a bus it goes as the detail of an event that says so.
    private func result(to destination: String) -> Parcel {
        var parcel = parcel(to: destination, record.serialized)
        if destination.contains(":event-bus/") {
            let type = "Lambda Function Invocation Result - \(failure == nil ? "Success" : "Failure")"
            parcel.attributes = [
                MessageAttribute(name: "Source", type: "String", value: .text("lambda")),
                MessageAttribute(name: "DetailType", type: "String", value: .text(type)),
                MessageAttribute(name: "Resources", type: "String", value: .text("\(qualifiedARN),\(destination)")),
            ]
        }
        return parcel
    }

    private func letter(to queue: String) -> Parcel {
        var parcel = parcel(to: queue, event)
        let message =
            answer.flatMap { $0.isError ? Self.json($0.payload)["errorMessage"]?.string : nil } ?? failure ?? ""
        parcel.attributes = [
            ("RequestID", "String", item.requestID.description),
            ("ErrorCode", "Number", answer?.isError == true ? "200" : "429"),
            ("ErrorMessage", "String", String(message.prefix(Self.messageLimit))),
        ].map { MessageAttribute(name: $0, type: $1, value: .text($2.isEmpty ? "-" : $2)) }
        return parcel
    }

    private var record: JSON {
        var members: [(String, JSON)] = [
            ("version", "1.0"), ("timestamp", .string(Instant.now.iso8601)),
            (
                "requestContext",
                [
                    "requestId": .string(item.requestID.description), "functionArn": .string(qualifiedARN),
                    "condition": .string(condition),
                    "approximateInvokeCount": .number(JSONNumber(Int64(item.errors + (answer == nil ? 0 : 1)))),
                ]
            ), ("requestPayload", Self.json(event)),
        ]
        if let answer {
            var context: [(String, JSON)] = [
                ("statusCode", 200), ("executedVersion", .string(answer.version.description)),
            ]
            if answer.isError { context.append(("functionError", "Unhandled")) }
            members.append(("responseContext", .object(JSONObject(context))))
            members.append(("responsePayload", Self.json(answer.payload)))
        }
        return .object(JSONObject(members))
    }

    private var condition: String { failure.map { String($0.prefix { $0 != ":" }) } ?? "Success" }

    private var qualifiedARN: String {
        target.qualifier == nil ? "\(target.invokedARN):$LATEST" : target.invokedARN
    }

    /// The function's own ARN: what policies name as the source.
    private var functionARN: String {
        target.qualifier.map { String(target.invokedARN.dropLast("\($0)".count + 1)) } ?? target.invokedARN
    }

    /// What is no JSON goes along as text.
    private static func json(_ bytes: [UInt8]) -> JSON {
        do { return try JSON(parsing: bytes) } catch { return .string(String(decoding: bytes, as: UTF8.self)) }
    }
}
