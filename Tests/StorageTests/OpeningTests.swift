import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Storage

/// A store opens with the settings durability rests on, or says why not.
@Suite struct OpeningTests {
    private let here = Partition(account: .standard)
    private let key = RecordKey(kind: "k", id: "i")

    @Test func `what was written is there after a restart`() async throws {
        try await withFolder { folder in
            let first = try SQLiteStore(folder: folder)
            let made = try await first.commit(here, [.put(key, value: [1]), .enqueue(QueueID("q"), body: [2])])
            await first.close()
            let second = try SQLiteStore(folder: folder)
            #expect(try await second.get(here, key)?.value == [1])
            let later = try await second.commit(here, [.enqueue(QueueID("q"), body: [3])])
            #expect(made[1] != later[0], "an item number came back")
            await second.close()
        }
    }

    @Test func `an item that a killed process had in hand waits for no lease`() async throws {
        let clock = ManualClock()
        try await withFolder { folder in
            let (queue, worker) = (QueueID("q"), WorkerID("w"))
            let first = try SQLiteStore(folder: folder, clock: StoreClock { clock.now })
            _ = try await first.commit(
                here, [.enqueue(queue, body: [1], group: "g"), .enqueue(queue, body: [2], group: "g")])
            let held = try await first.claim(here, queue, max: 5, lease: .seconds(60), worker: worker)
            await first.close()
            let second = try SQLiteStore(folder: folder, clock: StoreClock { clock.now })
            await #expect(throws: StoreError.leaseLost(operation: 0)) {
                try await second.commit(here, [.ack(held[0].lease)])
            }
            let again = try await second.claim(here, queue, max: 5, lease: .seconds(60), worker: worker)
            #expect(again.map(\.body) == [[1]])
            #expect(again.map(\.attempts) == [2])
            await second.close()
        }
    }

    @Test func `two processes cannot open one store`() async throws {
        try await withFolder { folder in
            let store = try SQLiteStore(folder: folder)
            #expect(throws: StoreOpenError.inUse) { try SQLiteStore(folder: folder) }
            await store.close()
        }
    }

    @Test func `a store of a newer version is left alone`() async throws {
        try await withFolder { folder in
            await (try SQLiteStore(folder: folder)).close()
            try edit(folder) { try $0.execute(sql: "PRAGMA user_version = 99") }
            #expect(throws: StoreOpenError.newerSchema(found: 99, known: Schema.steps.count)) {
                try SQLiteStore(folder: folder)
            }
        }
    }

    @Test func `a database of something else is left alone`() async throws {
        try await withFolder { folder in
            try edit(folder) { try $0.execute(sql: "CREATE TABLE recipe (name TEXT)") }
            #expect(throws: StoreOpenError.notOurs) { try SQLiteStore(folder: folder) }
        }
    }

    @Test func `a file that is no database is refused`() async throws {
        try await withFolder { folder in
            try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: folder + "/store.sqlite"))
            #expect(throws: StoreOpenError.self) { try SQLiteStore(folder: folder) }
        }
    }

    @Test func `commits wait for the disk and deletes overwrite, whatever was set before`() throws {
        let folder = NSTemporaryDirectory() + "/martlet-setting-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pool = try DatabasePool(path: folder + "/store.sqlite")
        try pool.writeWithoutTransaction { database in
            #expect(throws: StoreOpenError.setting(name: "synchronous", found: "1")) {
                try Durability.demand("synchronous", "2", of: database)
            }
            try Durability.set(on: database)
            try Durability.demand("synchronous", "2", of: database)
            try database.execute(sql: "PRAGMA secure_delete = FAST")
            #expect(throws: StoreOpenError.setting(name: "secure_delete", found: "2")) {
                try Durability.demand("secure_delete", "1", of: database)
            }
            try Durability.set(on: database)
        }
        try pool.close()
    }

    @Test func `a closed store answers that it is unavailable`() async throws {
        try await withFolder { folder in
            let store = try SQLiteStore(folder: folder)
            await store.close()
            await #expect(throws: StoreError.unavailable) { try await store.commit(here, [.delete(key)]) }
            await #expect(throws: StoreError.unavailable) { try await store.get(here, key) }
            for await failure in store.failures { Issue.record("a clean end was told as \(failure)") }
        }
    }

    @Test func `what waits to be written is bounded`() async throws {
        try await withFolder { folder in
            let store = try SQLiteStore(folder: folder, waitingBytes: 20_000)
            let refused = await withTaskGroup(of: Bool.self) { tasks in
                for _ in 0..<200 {
                    tasks.addTask {
                        do throws(StoreError) {
                            _ = try await store.commit(
                                here, [.enqueue(QueueID("q"), body: [UInt8](repeating: 1, count: 4000))])
                            return false
                        } catch { return error == .busy }
                    }
                }
                return await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(try await store.stats(here, QueueID("q")).depth == 200 - refused)
            await store.close()
        }
    }

    private func edit(_ folder: String, _ body: (Database) throws -> Void) throws {
        let queue = try DatabaseQueue(path: folder + "/store.sqlite")
        try queue.writeWithoutTransaction(body)
        try queue.close()
    }
}
