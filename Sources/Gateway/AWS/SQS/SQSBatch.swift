import Core
import Platform

/// The entries of a batch, and what became of each.
struct SQSBatch {
    /// Most entries of one batch.
    private static let limit = 10

    private var succeeded: [WireValue] = []
    private var failed: [WireValue] = []

    /// The entries of a batch with their ids, or the refusal of the whole.
    static func entries(_ input: WireValue, of kind: String) throws -> [(id: String, input: WireValue)] {
        let entries = (input["Entries"]?.list ?? []).map { (id: $0["Id"]?.string ?? "", input: $0) }
        guard !entries.isEmpty else {
            throw WireError("EmptyBatchRequest", "There should be at least one \(kind) in the request.", status: 400)
        }
        guard entries.count <= limit else {
            throw WireError(
                "TooManyEntriesInBatchRequest",
                "Maximum number of entries per request are \(limit). You have sent \(entries.count).", status: 400)
        }
        var seen: Set<String> = []
        for (id, _) in entries {
            guard BatchEntryID.isValid(id) else {
                throw WireError(
                    "InvalidBatchEntryId",
                    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at "
                        + "most 80 letters long.", status: 400)
            }
            guard seen.insert(id).inserted else {
                throw WireError("BatchEntryIdsNotDistinct", "Id \(id) repeated.", status: 400)
            }
        }
        return entries
    }

    /// An entry was carried out; `value` says what came of it beside its id.
    mutating func succeed(_ id: String, _ value: WireValue = [:]) {
        var value = value
        value["Id"] = .string(id)
        succeeded.append(value)
    }

    /// An entry was refused; throws what is not the caller's fault.
    mutating func fail(_ id: String, _ error: QueueError) throws {
        guard let refusal = SQSError.refusal(error) else { throw error }
        failed.append([
            "Id": .string(id), "SenderFault": true, "Code": .string(refusal.code),
            "Message": .string(refusal.message),
        ])
    }

    var answer: WireValue { ["Successful": .list(succeeded), "Failed": .list(failed)] }
}
