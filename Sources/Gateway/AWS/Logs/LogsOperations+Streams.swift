import Core
import Platform

extension LogsOperations {
    var streamOperations: [String: Handler] {
        [
            "CreateLogStream": createStream, "DeleteLogStream": deleteStream, "DescribeLogStreams": describeStreams,
        ]
    }

    @Sendable private func createStream(_ request: Request) async throws -> WireValue {
        try await logs.createStream(request.stream())
        return [:]
    }

    @Sendable private func deleteStream(_ request: Request) async throws -> WireValue {
        await logs.flush()
        try await logs.deleteStream(request.stream())
        return [:]
    }

    @Sendable private func describeStreams(_ request: Request) async throws -> WireValue {
        let input = request.input
        let prefix = input["logStreamNamePrefix"]?.string ?? ""
        let order: Logs.StreamOrder = input["orderBy"]?.string == "LastEventTime" ? .newest : .name
        guard order == .name || prefix.isEmpty else {
            throw WireError.logsParameter("Cannot order by LastEventTime with a logStreamNamePrefix.")
        }
        let group = try request.group()
        let page = try await logs.streams(
            of: group, prefix: prefix, order: order, descending: input["descending"]?.bool ?? false,
            after: request.token(), limit: min(request.limit(standard: 50), 50))
        let streams = page.streams.map { stream -> WireValue in
            [
                "logStreamName": .string(stream.name.text), "creationTime": .integer(stream.created.milliseconds),
                "firstEventTimestamp": WireValue(stream.first?.milliseconds),
                "lastEventTimestamp": WireValue(stream.last?.milliseconds),
                "lastIngestionTime": WireValue(stream.ingested?.milliseconds), "storedBytes": 0,
                "arn": .string(request.arn(of: group, ":log-stream:\(stream.name)").description),
            ]
        }
        return ["logStreams": .list(streams), "nextToken": Request.token(page.next)]
    }
}
