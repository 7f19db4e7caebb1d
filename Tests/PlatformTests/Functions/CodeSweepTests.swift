import Core
import Logging
import Storage
import Testing
import Vault

@testable import Platform

/// Code that a crash left without a record goes away; code that anything names stays, whoever it belongs to.
@Suite struct CodeSweepTests {
    private let fixture = FunctionFixture()

    private var sweep: CodeSweep {
        CodeSweep(store: fixture.store, blobs: fixture.blobs, keys: fixture.keys, logger: Logger(label: "test"))
    }

    /// Sweeps twice, because the first one spares what was written before it.
    private func sweepAll() async throws -> Int {
        let first = try await sweep.sweep(olderThan: .zero)
        return try await first + sweep.sweep(olderThan: .zero)
    }

    private func layer(_ name: String, in account: AccountID? = nil) async throws -> LayerDescription {
        try await fixture.functions.publishLayer(
            NewLayer(name: try LayerName(name), archive: FunctionFixture.zip()), in: account ?? fixture.account)
    }

    @Test func `a zip that no record names is deleted`() async throws {
        try await fixture.blobs.put(BlobID(), [1])
        #expect(try await sweep.sweep(olderThan: .seconds(3600)) == 0, "its commit may still come")
        #expect(try await sweepAll() == 1)
        #expect(fixture.blobs.count == 0)
    }

    @Test func `the code of functions, versions and layers stays`() async throws {
        try await fixture.create("f", publish: true)
        let name = try FunctionName("f")
        _ = try await fixture.functions.updateCode(
            of: name, CodeChange(archive: FunctionFixture.zip("x = 1\n")), in: fixture.account)
        let layer = try await layer("shared")
        let other = try AccountID("111111111111")
        _ = try await self.layer("theirs", in: other)
        let count = fixture.blobs.count
        #expect(count == 4)
        #expect(try await sweepAll() == 0)
        #expect(try await fixture.functions.code(of: layer) == FunctionFixture.zip())
        let target = try await fixture.resolve("f:1")
        #expect(try await fixture.functions.code(of: target.version()) == FunctionFixture.zip())
    }

    @Test func `the code of a deleted layer stays while a function uses it`() async throws {
        let layer = try await layer("shared")
        try await fixture.create("f")
        let name = try FunctionName("f")
        _ = try await fixture.functions.updateConfiguration(of: name, expecting: nil, in: fixture.account) {
            $0.layers = [layer.reference]
        }
        try await fixture.functions.deleteLayer(layer.reference.name, version: 1, in: fixture.account)
        #expect(try await sweepAll() == 0)
        let version = try await fixture.resolve("f").version()
        #expect(try await fixture.functions.layerCode(of: version) == [FunctionFixture.zip()])
    }

    @Test func `nothing is deleted while a record cannot be read`() async throws {
        try await fixture.blobs.put(BlobID(), [1])
        let place = RecordKey(kind: "layer.version", id: "odd:000000000001")
        let here = Partition(account: fixture.account)
        _ = try await fixture.store.commit(here, [.put(place, value: [1, 2, 3])])
        await #expect(throws: (any Error).self) { try await sweepAll() }
        #expect(fixture.blobs.count == 1)
        let version = RecordKey(kind: "function.version", id: "odd:000000000001")
        _ = try await fixture.store.commit(here, [.delete(place), .put(version, value: [1, 2, 3])])
        await #expect(throws: (any Error).self) { try await sweepAll() }
        #expect(fixture.blobs.count == 1)
    }
}
