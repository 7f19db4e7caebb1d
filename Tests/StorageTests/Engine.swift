import Core
import Foundation
import TestSupport

@testable import Storage

/// Lends a new store in a folder of its own, and removes it at the end.
@discardableResult
func withSQLiteStore<R>(
    clock: StoreClock = .steady(), limits: StoreLimits = StoreLimits(), mutations: [String: String] = [:],
    inMemory: Bool = true, _ body: (SQLiteStore) async throws -> R
) async throws -> R {
    try await withFolder(inMemory: inMemory) { folder in
        let store = try SQLiteStore(folder: folder, clock: clock, limits: limits, mutations: mutations)
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }
}

/// Lends a new folder; in memory where the machine has a place for that, because most tests need no disk.
func withFolder<R>(inMemory: Bool = true, _ body: (String) async throws -> R) async throws -> R {
    let shared = "/dev/shm"
    let parent = inMemory && FileManager.default.isWritableFile(atPath: shared) ? shared : NSTemporaryDirectory()
    let folder = parent + "/martlet-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}

/// Random numbers that come again with the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
