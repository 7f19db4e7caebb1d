import Core
import Platform

extension SQSOperations {
    var moveOperations: [String: Handler] {
        ["StartMessageMoveTask": startMove, "ListMessageMoveTasks": listMoves, "CancelMessageMoveTask": cancelMove]
    }

    @Sendable private func startMove(_ request: SQSRequest) async throws -> WireValue {
        var destination: QueueAddress?
        if let text = request.input["DestinationArn"]?.string {
            destination = QueueAddress(arn: text, region: request.call.region)
            guard destination != nil else { throw QueueError.noSuchSource }
        }
        let move = try await moves.start(
            from: try request.named(), to: destination, perSecond: request.input["MaxNumberOfMessagesPerSecond"]?.int)
        return ["TaskHandle": .string(MoveHandle(move).text(region: request.call.region))]
    }

    @Sendable private func listMoves(_ request: SQSRequest) async throws -> WireValue {
        let limit = request.input["MaxResults"]?.int ?? 1
        guard (1...10).contains(limit) else {
            throw QueueError.badValue(
                String(limit), parameter: "MaxResults", reason: "MaxResults must be an integer between 1 and 10.")
        }
        let region = request.call.region
        let found = try await moves.moves(of: try request.named(), limit: limit)
        return [
            "Results": .list(
                found.map { move in
                    [
                        "TaskHandle": move.status == .running ? .string(MoveHandle(move).text(region: region)) : .null,
                        "Status": .string(move.status.rawValue),
                        "SourceArn": .string(move.source.arn(in: region).description),
                        "DestinationArn": WireValue(move.destination?.arn(in: region).description),
                        "MaxNumberOfMessagesPerSecond": WireValue(move.perSecond),
                        "ApproximateNumberOfMessagesMoved": .integer(Int64(move.moved)),
                        "ApproximateNumberOfMessagesToMove": .integer(Int64(move.toMove)),
                        "FailureReason": WireValue(move.failure),
                        "StartedTimestamp": .integer(move.started.milliseconds),
                    ]
                })
        ]
    }

    @Sendable private func cancelMove(_ request: SQSRequest) async throws -> WireValue {
        let text = request.input["TaskHandle"]?.string ?? ""
        guard let handle = MoveHandle(text, region: request.call.region) else { throw QueueError.noSuchMove }
        let moved = try await moves.cancel(handle.id, of: handle.source)
        return ["ApproximateNumberOfMessagesMoved": .integer(Int64(moved))]
    }
}
