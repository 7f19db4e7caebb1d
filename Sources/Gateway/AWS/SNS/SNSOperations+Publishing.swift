import Core
import Platform

extension SNSOperations {
    var publishOperations: [String: Handler] { ["Publish": publish, "PublishBatch": publishBatch] }

    private static let entryLimit = 10

    @Sendable private func publish(_ request: SNSRequest) async throws -> WireValue {
        guard request.input["TopicArn"] == nil || request.input["TargetArn"] == nil else {
            throw TopicError.badParameter("Invalid parameter: TopicArn or TargetArn Reason: Both specified")
        }
        guard request.arn != nil else {
            throw TopicError.badParameter(
                request.input["PhoneNumber"] == nil
                    ? "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"
                    : "Invalid parameter: PhoneNumber Reason: text messages are not sent by this endpoint")
        }
        let topic = try request.existing()
        let publication = try Self.publication(request.input, request.call)
        try publication.check(for: topic)
        guard let published = try await topics.publish([publication], to: topic).first else { return [:] }
        return Self.value(published)
    }

    @Sendable private func publishBatch(_ request: SNSRequest) async throws -> WireValue {
        let topic = try request.existing()
        let entries = try Self.entries(request.input)
        var good: [(id: String, publication: Publication)] = []
        var failed: [WireValue] = []
        var size = 0
        for (id, input) in entries {
            do throws(TopicError) {
                let publication = try Self.publication(input, request.call)
                size += publication.size
                try publication.check(for: topic)
                good.append((id, publication))
            } catch {
                guard let refusal = SNSError.refusal(error) else { throw error }
                failed.append([
                    "Id": .string(id), "Code": .string(refusal.code), "Message": .string(refusal.message),
                    "SenderFault": true,
                ])
            }
        }
        guard size <= Publication.limit else {
            throw WireError(
                "BatchRequestTooLong", "The length of all the messages put together is more than the limit.",
                status: 400)
        }
        let published = good.isEmpty ? [] : try await topics.publish(good.map(\.publication), to: topic)
        let succeeded = zip(good, published).map { entry, published in
            var value = Self.value(published)
            value["Id"] = .string(entry.id)
            return value
        }
        return ["Successful": .list(succeeded), "Failed": .list(failed)]
    }

    /// The entries of a batch with their ids, or the refusal of the whole.
    private static func entries(_ input: WireValue) throws -> [(id: String, input: WireValue)] {
        let entries = (input["PublishBatchRequestEntries"]?.list ?? []).map { (id: $0["Id"]?.string ?? "", input: $0) }
        func refusal(_ code: String, _ message: String) -> WireError { WireError(code, message, status: 400) }
        guard !entries.isEmpty else {
            throw refusal("EmptyBatchRequest", "The batch request doesn't contain any entries.")
        }
        guard entries.count <= entryLimit else {
            throw refusal(
                "TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.")
        }
        var seen: Set<String> = []
        for (id, _) in entries {
            guard BatchEntryID.isValid(id) else {
                throw refusal(
                    "InvalidBatchEntryId",
                    "The Id of a batch entry in a batch request doesn't abide by the specification.")
            }
            guard seen.insert(id).inserted else {
                throw refusal("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
            }
        }
        return entries
    }

    private static func publication(_ input: WireValue, _ call: Call) throws(TopicError) -> Publication {
        var publication = Publication(
            message: input["Message"]?.string ?? "", descent: call.descent, trace: call.trace.child())
        publication.subject = input["Subject"]?.string
        switch input["MessageStructure"]?.string {
        case nil, "": break
        case "json": publication.isStructured = true
        default: throw .badParameter("Invalid parameter: Invalid message structure parameter")
        }
        publication.attributes = (input["MessageAttributes"]?.fields?.members ?? []).map { name, value in
            MessageAttribute(
                name: name, type: value["DataType"]?.string ?? "",
                value: value["BinaryValue"]?.blob.map { .binary($0) } ?? .text(value["StringValue"]?.string ?? ""))
        }
        publication.group = input["MessageGroupId"]?.string
        publication.deduplication = input["MessageDeduplicationId"]?.string
        return publication
    }

    private static func value(_ published: PublishedMessage) -> WireValue {
        ["MessageId": .string(published.id.description), "SequenceNumber": WireValue(published.sequence)]
    }
}
