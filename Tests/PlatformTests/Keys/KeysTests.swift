import Core
import Foundation
import Storage
import Testing

@testable import Platform
@testable import Vault

@Suite struct KeysTests {
    let store = MemoryStore()

    func withKeyFile(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.path + "/martlet-key-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    @Test func `what was sealed opens after a restart`() async throws {
        try await withKeyFile { path in
            let place = Binding(account: .standard, resource: "function/f", use: "code")
            let first = try await Keys.open(store: store, source: .file(path: path))
            let sealed = try await first.seal([1, 2, 3], place)
            let second = try await Keys.open(store: store, source: .file(path: path))
            #expect(try await second.open(sealed, place) == [1, 2, 3])
        }
    }

    @Test func `a lost root key is an error, never a new key over old data`() async throws {
        try await withKeyFile { path in
            _ = try await Keys.open(store: store, source: .file(path: path))
            try FileManager.default.removeItem(atPath: path)
            await #expect(throws: KeysError.rootKeyLost(.missing(path: path))) {
                try await Keys.open(store: store, source: .file(path: path))
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func `another root key is an error that names both`() async throws {
        try await withKeyFile { path in
            _ = try await Keys.open(store: store, source: .file(path: path))
            let old = try KeySource.file(path: path).load().fingerprint
            try FileManager.default.removeItem(atPath: path)
            let new = try RootKey.create(file: path).fingerprint
            await #expect(throws: KeysError.wrongRootKey(.wrongRootKey(sealedWith: old, given: new))) {
                try await Keys.open(store: store, source: .file(path: path))
            }
        }
    }

    @Test func `keys without their check are an error`() async throws {
        try await withKeyFile { path in
            let keys = try await Keys.open(store: store, source: .file(path: path))
            _ = try await keys.key(for: "r", in: .standard)
            let check = RecordKey(kind: "key-check", id: "root")
            _ = try await store.commit(Partition(account: .standard), [.delete(check)])
            await #expect(throws: KeysError.keyCheckMissing) {
                try await Keys.open(store: store, source: .file(path: path))
            }
        }
    }

    @Test func `a command that gives no key is an error and makes nothing`() async throws {
        await #expect(throws: KeysError.noRootKey(.commandFailed(status: 1))) {
            try await Keys.open(store: store, source: .command("exit 1"))
        }
        let page = try await store.scan(Partition(account: .standard), .kind("key-check"), after: nil, limit: 1)
        #expect(page.records.isEmpty)
    }

    @Test func `an erased key takes with it what it sealed`() async throws {
        let keys = Keys(store: store, root: RootKey(), cached: 10)
        let place = Binding(account: .standard, resource: "function/f", use: "code")
        let sealed = try await keys.seal([1], place)
        try await keys.erase("function/f", in: .standard)
        await #expect(throws: KeysError.erased(resource: "function/f")) { try await keys.open(sealed, place) }
        // A new resource of the same name gets a new key.
        _ = try await keys.seal([2], place)
        await #expect(throws: KeysError.sealed(.notAuthentic)) { try await keys.open(sealed, place) }
    }

    @Test func `many who ask at once get one key`() async throws {
        let root = RootKey()
        let place = Binding(account: .standard, resource: "r", use: "u")
        let owners = (0..<4).map { _ in Keys(store: store, root: root, cached: 10) }
        let sealed = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<40 { group.addTask { try await owners[number % 4].seal([7], place) } }
            return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
        }
        let reader = Keys(store: store, root: root, cached: 10)
        for one in sealed { #expect(try await reader.open(one, place) == [7]) }
    }

    @Test func `the store holds no key in the clear`() async throws {
        let keys = Keys(store: store, root: RootKey(), cached: 10)
        let key = try await keys.key(for: "r", in: .standard)
        let record = try #require(
            try await store.get(Partition(account: .standard), RecordKey(kind: "key", id: "r")))
        let reader = Keys(store: store, root: RootKey(), cached: 10)
        await #expect(throws: KeysError.sealed(.notAuthentic)) { try await reader.key(for: "r", in: .standard) }
        #expect(record.value.count == 73)
        #expect(!"\(key)".contains("bytes"))
    }

    @Test func `what was read is taken as it was for a while, unless something changed since`() {
        let lasting = LatelyRead<Int, String>(limit: 10, trust: .seconds(3600))
        let before = lasting.changes
        #expect(lasting.keep("a", for: 1, ifUnchangedSince: before))
        #expect(lasting[1] == "a")
        lasting.forget(1)
        #expect(lasting[1] == nil)
        #expect(!lasting.keep("old", for: 2, ifUnchangedSince: before))
        #expect(lasting[2] == nil)
        lasting.replace(2, with: "b")
        lasting.replace(2, with: "older") { $0 == "b" }
        #expect(lasting[2] == "b")
        lasting.forget { $0 == 2 }
        #expect(lasting[2] == nil)
        let brief = LatelyRead<Int, String>(limit: 10, trust: .zero)
        #expect(brief.keep("a", for: 1, ifUnchangedSince: brief.changes))
        #expect(brief[1] == nil)
        #expect(brief.last(1) == "a")
    }

    @Test func `the cache forgets what was not used and stays within its bound`() {
        var cache = BoundedCache<Int, Int>(limit: 10)
        for number in 0..<100 {
            cache[number] = number
            _ = cache[0]
            #expect(cache.count <= 20)
        }
        #expect(cache[99] == 99)
        #expect(cache[0] == 0)
        #expect(cache[50] == nil)
    }
}
