import Core
import Storage
import Testing

@testable import Platform
@testable import Vault

@Suite struct SealedRecordsTests {
    private let store = MemoryStore()
    private let place = RecordKey(kind: "state-machine", id: "m")
    private let records: WorkflowRecords

    init() {
        records = WorkflowRecords(account: .standard, store: store, keys: Keys(store: store, root: RootKey()))
    }

    private func write(_ value: String, _ key: KeyName) async throws {
        _ = try await records.commit([try await records.put(value, at: place, key: key, expect: .any)])
    }

    private func read() async throws -> String? { try await records.read(place, as: String.self)?.value }

    @Test func `what was written last is read, however often it was read before`() async throws {
        let key = try await records.makeKey(for: "state-machine/m")
        for value in ["a", "b", "c"] {
            try await write(value, key)
            #expect(try await read() == value)
            #expect(try await read() == value)
        }
    }

    @Test func `what was read as one type is read as another`() async throws {
        try await write("7", try await records.makeKey(for: "state-machine/m"))
        #expect(try await read() == "7")
        await #expect(throws: WorkflowError.unreadable(id: "m")) { try await records.read(place, as: Int.self) }
    }

    @Test func `nothing is read any more when its key is erased, even what was read before`() async throws {
        let key = try await records.makeKey(for: "state-machine/m")
        try await write("a", key)
        #expect(try await read() == "a")
        try await records.erase(key)
        #expect(try await read() == nil)
    }

    @Test func `what was deleted and made anew is not what it was before`() async throws {
        try await write("a", try await records.makeKey(for: "state-machine/m"))
        #expect(try await read() == "a")
        _ = try await records.commit([.delete(place)])
        #expect(try await read() == nil)
        try await write("b", try await records.makeKey(for: "state-machine/m"))
        #expect(try await read() == "b")
    }
}
