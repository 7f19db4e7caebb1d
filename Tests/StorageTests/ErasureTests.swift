import Core
import Foundation
import TestSupport
import Testing

@testable import Storage

/// What was erased is in no file any more: not in the database, not in its log.
@Suite struct ErasureTests {
    private let here = Partition(account: .standard)

    @Test func `an erased key leaves every file while the server runs`() async throws {
        try await withFolder { folder in
            let store = try SQLiteStore(folder: folder)
            let (erased, kept) = (Self.value(60), Self.value(60))
            _ = try await store.commit(here, [.put(key("a"), value: erased), .put(key("b"), value: kept)])
            #expect(try Self.files(folder, holding: erased) == ["store.sqlite-wal"], "it is on the disk at all")
            _ = try await store.commit(here, [.delete(key("a"))])
            try await waitUntilGone(erased, folder)
            #expect(try !Self.files(folder, holding: kept).isEmpty)
            await store.close()
        }
    }

    @Test func `so does one that is older than the log`() async throws {
        try await withFolder { folder in
            let erased = Self.value(60)
            let first = try SQLiteStore(folder: folder)
            _ = try await first.commit(here, [.put(key("a"), value: erased)])
            await first.close()
            let second = try SQLiteStore(folder: folder)
            #expect(try Self.files(folder, holding: erased) == ["store.sqlite"])
            _ = try await second.commit(here, [.delete(key("a"))])
            try await waitUntilGone(erased, folder)
            await second.close()
        }
    }

    @Test func `an erased key leaves the log although others write without a pause`() async throws {
        try await withFolder { folder in
            let store = try SQLiteStore(folder: folder)
            let erased = Self.value(60)
            _ = try await store.commit(here, [.put(key("a"), value: erased)])
            try await withThrowingTaskGroup { group in
                for writer in 0..<4 {
                    group.addTask {
                        while !Task.isCancelled {
                            _ = try await store.commit(here, [.put(key("w\(writer)"), value: Self.value(500))])
                        }
                    }
                }
                _ = try await store.commit(here, [.delete(key("a"))])
                try await waitUntilGone(erased, folder, seconds: 20)
                group.cancelAll()
            }
            await store.close()
        }
    }

    @Test func `what was overwritten or deleted among much else is in no file after the end`() async throws {
        try await withFolder { folder in
            let store = try SQLiteStore(folder: folder)
            var gone: [[UInt8]] = []
            var held: [Int: [UInt8]] = [:]
            for number in 0..<1500 {
                let place = number % 60
                let value = Self.value([60, 300, 1500, 9000][number % 4])
                if let old = held[place] { gone.append(old) }
                if number % 5 == 3 {
                    held[place] = nil
                    _ = try await store.commit(here, [.delete(key("\(place)"))])
                } else {
                    held[place] = value
                    _ = try await store.commit(here, [.put(key("\(place)"), value: value)])
                }
            }
            await store.close()
            let content = try Self.content(folder)
            #expect(held.values.allSatisfy { content.contains($0) })
            #expect(gone.count { content.contains($0) } == 0)
        }
    }

    private func key(_ id: String) -> RecordKey { RecordKey(kind: "key", id: id) }

    private func waitUntilGone(_ value: [UInt8], _ folder: String, seconds: Int = 5) async throws {
        for _ in 0..<(seconds * 50) {
            if try Self.files(folder, holding: value).isEmpty { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("it is still in \(try Self.files(folder, holding: value))")
    }

    /// Random bytes that hold their first sixteen again and again, so that a part of them is found too.
    private static func value(_ count: Int) -> [UInt8] {
        let mark = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        return (0..<count).map { mark[$0 % 16] }
    }

    private static func files(_ folder: String, holding value: [UInt8]) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter { name in
            try Data(contentsOf: URL(filePath: "\(folder)/\(name)")).range(of: Data(value.prefix(16))) != nil
        }
    }

    private static func content(_ folder: String) throws -> Content {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return Content(data: try names.map { try Data(contentsOf: URL(filePath: "\(folder)/\($0)")) })
    }

    private struct Content {
        let data: [Data]

        func contains(_ value: [UInt8]) -> Bool { data.contains { $0.range(of: Data(value.prefix(16))) != nil } }
    }
}
