import Core
import Platform

/// What clients have in hand of a move of messages: which it is, and of which queue.
struct MoveHandle {
    let id: String
    let source: QueueAddress

    /// The handle of a move.
    init(_ move: MessageMove) {
        id = move.id
        source = move.source
    }

    /// Reads a handle; `nil` for anything else.
    init?(_ text: String, region: Region) {
        // What is none was given out by nobody.
        guard text.utf8.count <= 2048, let bytes = Base64.decode(text), let json = try? JSON(parsing: bytes),
            let id = json["taskId"]?.string,
            let source = json["sourceArn"]?.string.flatMap({ QueueAddress(arn: $0, region: region) })
        else { return nil }
        self.id = id
        self.source = source
    }

    /// The text that a client gets.
    func text(region: Region) -> String {
        let json: JSON = ["taskId": .string(id), "sourceArn": .string(source.arn(in: region).description)]
        return Base64.encode(json.serialized)
    }
}
