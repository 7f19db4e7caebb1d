import Core
import Foundation
import TestSupport
import Testing

@testable import Storage

/// The write-ahead log is moved into the database while others write, and begins anew.
@Suite struct LogLengthTests {
    @Test func `the log stays short although nobody stops writing`() async throws {
        try await withFolder { folder in
            let store = try SQLiteStore(folder: folder, logPages: 32)
            let (here, queue) = (Partition(account: .standard), QueueID("q"))
            let body = [UInt8](repeating: 1, count: 9000)
            let (writers, commits) = (4, 600)
            try await withThrowingTaskGroup { group in
                for _ in 0..<writers {
                    group.addTask {
                        for _ in 0..<commits {
                            _ = try await store.commit(here, [.enqueue(queue, body: body)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.stats(here, queue).depth == writers * commits)
            let log = try FileManager.default.attributesOfItem(atPath: folder + "/store.sqlite-wal")
            // If it never began anew, at least the 21 MB of the bodies would be there.
            #expect(try #require(log[.size] as? Int) < 12 << 20)
            await store.close()
        }
    }
}
