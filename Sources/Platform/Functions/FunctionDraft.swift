import Core
import Storage

/// A change of a function under way: the new state, and what is written along with it in the same commit.
struct FunctionDraft: Sendable {
    let name: FunctionName
    let account: AccountID
    let key: KeyName
    var state: FunctionState
    var operations: [WriteOperation] = []

    /// Published versions that the change deletes.
    private(set) var removed: [VersionRecord] = []

    /// Bytes of code by which published versions grow or shrink.
    private(set) var bytes = 0

    /// Deletes a published version along.
    mutating func remove(_ record: VersionRecord, number: Int) {
        operations.append(.delete(.version(number, of: name)))
        removed.append(record)
        bytes -= record.code.size
    }

    /// Writes a published version along.
    mutating func add(
        _ record: VersionRecord, number: Int, to records: FunctionRecords
    ) async throws(FunctionError) {
        operations.append(
            try await records.put(
                record, at: .version(number, of: name), key: key, index: record.index, expect: .absent, in: account))
        bytes += record.code.size
    }

    /// The operation that writes the function itself.
    func write(to records: FunctionRecords, expect: Expect) async throws(FunctionError) -> WriteOperation {
        try await records.put(
            state, at: .function(name), key: key, index: state.latest.index, expect: expect, in: account)
    }
}

extension RecordKey {
    /// Where a function lies.
    static func function(_ name: FunctionName) -> RecordKey { RecordKey(kind: "function", id: name.text) }

    /// Where a published version lies; numbers are padded so that they come in order.
    static func version(_ number: Int, of name: FunctionName) -> RecordKey {
        RecordKey(kind: "function.version", id: "\(name):\(padded(number))")
    }

    /// Where a layer lies.
    static func layer(_ name: LayerName) -> RecordKey { RecordKey(kind: "layer", id: name.text) }

    /// Where a version of a layer lies.
    static func layerVersion(_ number: Int, of name: LayerName) -> RecordKey {
        RecordKey(kind: "layer.version", id: "\(name):\(padded(number))")
    }

    /// Where a deleted version of a layer lies while functions still use it.
    static func deletedLayerVersion(_ number: Int, of name: LayerName) -> RecordKey {
        RecordKey(kind: "layer.deleted", id: "\(name):\(padded(number))")
    }

    /// Where the reservations of an account lie.
    static let concurrency = RecordKey(kind: "function.concurrency", id: "account")

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
    }
}

extension VersionRecord {
    /// What can be found without opening: the code's blob and size, and the layers.
    var index: [IndexValue] {
        [IndexValue(name: "code", value: code.blob), IndexValue(name: "bytes", value: String(code.size))]
            + Set(configuration.layers).map { IndexValue(name: "layer", value: $0.description) }
    }
}
