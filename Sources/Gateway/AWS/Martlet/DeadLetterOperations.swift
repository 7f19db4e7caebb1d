import Core
import Platform

/// The operations of Martlet's own service on dead letters: what `martlet dead-letters` asks for.
package struct DeadLetterOperations: Sendable {
    let deadLetters: DeadLetters

    /// Serves one account's dead letters.
    package init(deadLetters: DeadLetters) { self.deadLetters = deadLetters }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        let handlers: [String: OperationHandler] = [
            "ListDeadLetters": list, "GetDeadLetter": get, "RedriveDeadLetter": redrive, "DeleteDeadLetter": delete,
        ]
        return Guard.authorized(handlers, service: "martlet") { call, _, _ in .account(call.account) }
    }

    @Sendable private func list(_: Call, _ input: WireValue) async throws -> WireValue {
        let limit = input["MaxItems"]?.int ?? 100
        let marker = input["Marker"]?.string.flatMap { DeadLetters.ID($0) }
        let page = try await deadLetters.list(after: marker, limit: limit)
        return [
            "DeadLetters": .list(page.letters.map(Self.show)), "NextMarker": WireValue(page.next?.description),
        ]
    }

    @Sendable private func get(_: Call, _ input: WireValue) async throws -> WireValue {
        guard let id = Self.id(input), let found = try await deadLetters.open(id) else { throw Self.missing(input) }
        return [
            "DeadLetter": Self.show(found.letter), "Payload": found.content.map { .blob($0.payload) } ?? .null,
            "ClientContext": WireValue(found.content?.clientContext),
        ]
    }

    @Sendable private func redrive(_: Call, _ input: WireValue) async throws -> WireValue {
        guard let id = Self.id(input), try await deadLetters.redrive(id) else { throw Self.missing(input) }
        return [:]
    }

    @Sendable private func delete(_: Call, _ input: WireValue) async throws -> WireValue {
        guard let id = Self.id(input), try await deadLetters.delete(id) else { throw Self.missing(input) }
        return [:]
    }

    private static func id(_ input: WireValue) -> DeadLetters.ID? { input["Id"]?.string.flatMap { DeadLetters.ID($0) } }

    private static func missing(_ input: WireValue) -> WireError {
        WireError(
            "DeadLetterNotFoundException",
            "There is no dead letter \(input["Id"]?.string ?? ""), or something is being done with it now.", status: 404
        )
    }

    private static func show(_ letter: DeadLetters.Letter) -> WireValue {
        [
            "Id": .string(letter.id.description),
            "FunctionName": WireValue(letter.call?.function.text),
            "Target": WireValue(letter.parcel?.target), "Sender": WireValue(letter.parcel?.sender.source),
            "Qualifier": WireValue(letter.call?.qualifier?.description),
            "RequestId": WireValue((letter.call?.requestID ?? letter.parcel?.id)?.description),
            "Reason": .string(letter.reason),
            "Attempts": .integer(Int64(letter.attempts)),
            "AcceptedAt": (letter.call?.accepted ?? letter.parcel?.created).map { .timestamp($0.seconds) } ?? .null,
            "EndedAt": .timestamp(letter.ended.seconds),
            "Lineage": WireValue((letter.call?.lineage ?? letter.parcel?.descent.lineage)?.description),
            "Trace": WireValue((letter.call?.trace ?? letter.parcel?.trace)?.traceparent),
        ]
    }
}
