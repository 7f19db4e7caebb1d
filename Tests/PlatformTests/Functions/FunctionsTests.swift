import Core
import Platform
import Storage
import TestSupport
import Testing

@Suite struct FunctionsTests {
    let fixture = FunctionFixture()
    var functions: Functions { fixture.functions }
    var account: AccountID { fixture.account }

    @Test func `a function that was created can be run`() async throws {
        try await fixture.create("f")
        let resolved = try await fixture.resolve("f")
        let version = resolved.version()
        #expect(version.number == .latest)
        #expect(resolved.invokedARN == "arn:aws:lambda:us-east-1:000000000000:function:f")
        #expect(try await functions.code(of: version) == FunctionFixture.zip())
        #expect(version.configuration.logging.group == "/aws/lambda/f")
        #expect(fixture.changes.all == ["f"])
    }

    @Test func `a name is taken once`() async throws {
        try await fixture.create("f")
        await #expect(throws: FunctionError.functionExists(try FunctionName("f"))) { try await fixture.create("f") }
        #expect(fixture.blobs.count == 1)
    }

    @Test func `of many who create at once one wins, and nothing is left of the others`() async throws {
        let made = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { (try? await fixture.create("f")) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(made == 1)
        #expect(fixture.blobs.count == 1)
        #expect(try await functions.code(of: fixture.resolve("f").version()) == FunctionFixture.zip())
    }

    @Test func `code that is not an archive is refused`() async throws {
        await #expect(throws: FunctionError.codeEmpty) { try await fixture.create("f", code: []) }
        let nothingInside: [UInt8] = [0x50, 0x4B, 5, 6] + Array(repeating: 0, count: 18)
        await #expect(throws: FunctionError.codeEmpty) { try await fixture.create("f", code: nothingInside) }
        await #expect(throws: FunctionError.archive(.notAnArchive)) {
            try await fixture.create("f", code: [1, 2, 3])
        }
        let hostile = ZipBuilder([.init("../evil", "x")]).bytes
        await #expect(throws: FunctionError.self) { try await fixture.create("f", code: hostile) }
        await #expect(throws: FunctionError.codeTooLarge(limit: 52_428_800)) {
            try await fixture.create("f", code: [UInt8](repeating: 0, count: 52_428_801))
        }
        #expect(fixture.blobs.count == 0)
    }

    @Test func `new code replaces the old, whose bytes are deleted`() async throws {
        let first = try await fixture.create("f")
        let name = try FunctionName("f")
        let second = try await functions.updateCode(
            of: name, CodeChange(archive: FunctionFixture.zip("b")), in: account)
        #expect(second.revision != first.revision)
        #expect(second.identity != first.identity)
        #expect(fixture.blobs.count == 1)
        await #expect(throws: FunctionError.codeGone) { try await functions.code(of: first) }
        #expect(fixture.changes.all == ["f", "f"])
    }

    @Test func `a published version keeps its code`() async throws {
        let one = try await fixture.create("f", publish: true)
        #expect(one.number == .published(1))
        let name = try FunctionName("f")
        var change = CodeChange(archive: FunctionFixture.zip("b"))
        change.publish = true
        let two = try await functions.updateCode(of: name, change, in: account)
        #expect(two.number == .published(2))
        #expect(try await functions.code(of: fixture.resolve("f:1").version()) == FunctionFixture.zip())
        #expect(try await functions.code(of: fixture.resolve("f").version()) == FunctionFixture.zip("b"))
        try await functions.deleteVersion(1, of: name, in: account)
        #expect(fixture.blobs.count == 1)
        await #expect(throws: FunctionError.self) { try await fixture.resolve("f:1") }
    }

    @Test func `a dry run changes nothing`() async throws {
        let first = try await fixture.create("f")
        var change = CodeChange(archive: FunctionFixture.zip("b"))
        change.dryRun = true
        _ = try await functions.updateCode(of: FunctionName("f"), change, in: account)
        #expect(try await fixture.resolve("f").version().revision == first.revision)
        #expect(fixture.blobs.count == 1)
    }

    @Test func `a change meant for another revision is refused`() async throws {
        let first = try await fixture.create("f")
        let name = try FunctionName("f")
        let second = try await functions.updateConfiguration(of: name, expecting: first.revision, in: account) {
            $0.description = "new"
        }
        #expect(second.configuration.description == "new")
        await #expect(throws: FunctionError.revisionMismatch(.function)) {
            try await functions.updateConfiguration(of: name, expecting: first.revision, in: account) { _ in }
        }
        var change = CodeChange(archive: FunctionFixture.zip("b"))
        change.expectedRevision = first.revision
        await #expect(throws: FunctionError.revisionMismatch(.function)) {
            try await functions.updateCode(of: name, change, in: account)
        }
        #expect(fixture.blobs.count == 1)
    }

    @Test func `many changes at once all happen, one after the other`() async throws {
        try await fixture.create("f")
        let name = try FunctionName("f")
        let failed = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    do {
                        try await functions.tag(name, with: ["k\(number)": "v"], in: account)
                        return false
                    } catch { return true }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(failed == 0)
        #expect(try await functions.settings(of: name, in: account).tags.count == 8)
    }

    @Test func `of two who hold the same revision one wins`() async throws {
        let first = try await fixture.create("f")
        let name = try FunctionName("f")
        let won = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let change = try? await functions.updateConfiguration(
                        of: name, expecting: first.revision, in: account
                    ) { $0.description = "\(number)" }
                    return change != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(won == 1)
    }

    @Test func `a deleted function leaves nothing behind, and its name can be used again`() async throws {
        let old = try await fixture.create("f", publish: true)
        let name = try FunctionName("f")
        _ = try await functions.createAlias(
            AliasName("live"), of: name, AliasChange(version: .published(1)), in: account)
        try await functions.setReservedConcurrency(5, of: name, in: account)
        try await functions.delete(name, in: account)
        #expect(fixture.blobs.count == 0)
        await #expect(throws: FunctionError.self) { try await fixture.resolve("f") }
        await #expect(throws: FunctionError.self) { try await functions.delete(name, in: account) }
        #expect(try await functions.unreservedConcurrency(in: account) == 1000)
        let partition = Partition(account: account)
        for kind in ["function", "function.version"] {
            #expect(try await fixture.store.scan(partition, .kind(kind), after: nil, limit: 10).records.isEmpty)
        }
        let keys = try await fixture.store.scan(partition, .kind("key", prefix: "function/"), after: nil, limit: 10)
        #expect(keys.records.isEmpty)
        let new = try await fixture.create("f")
        #expect(new.revision != old.revision)
        #expect(try await functions.code(of: new) == FunctionFixture.zip())
    }

    @Test func `what is stored is sealed`() async throws {
        let name = try FunctionName("f")
        var configuration = try FunctionFixture.configuration(name)
        configuration.environment = try FunctionEnvironment(["TOKEN": "marker-4711"])
        configuration.description = "marker-4711"
        let archive = FunctionFixture.zip("marker-4711")
        _ = try await functions.create(
            NewFunction(
                name: name, configuration: configuration, archive: archive, tags: ["t": "marker-4711"], publish: true),
            in: account)
        var bytes: [UInt8] = []
        for kind in ["function", "function.version", "key", "account-key"] {
            let page = try await fixture.store.scan(Partition(account: account), .kind(kind), after: nil, limit: 100)
            for record in page.records {
                bytes += record.value
                bytes += record.index.flatMap { Array($0.value.utf8) }
            }
        }
        let blob = try #require(BlobID(try await fixture.resolve("f").version().code.blob))
        bytes += try #require(try await fixture.blobs.get(blob))
        #expect(!bytes.isEmpty)
        #expect(!String(decoding: bytes, as: Unicode.ASCII.self).contains("marker-4711"))
        #expect(!String(decoding: bytes, as: Unicode.ASCII.self).contains("TOKEN"))
    }

    @Test func `lists come in pages, in order`() async throws {
        for name in ["b", "a", "d", "c"] { try await fixture.create(name) }
        let first = try await functions.list(after: nil, limit: 3, in: account)
        #expect(first.elements.map(\.name.text) == ["a", "b", "c"])
        let second = try await functions.list(after: first.next, limit: 3, in: account)
        #expect(second.elements.map(\.name.text) == ["d"])
        #expect(second.next == nil)
        await #expect(throws: FunctionError.markerMalformed) {
            try await functions.list(after: "!", limit: 3, in: account)
        }
    }

    @Test func `versions are listed with the unpublished one first`() async throws {
        try await fixture.create("f", publish: true)
        let name = try FunctionName("f")
        for text in ["b", "c"] {
            var change = CodeChange(archive: FunctionFixture.zip(text))
            change.publish = true
            _ = try await functions.updateCode(of: name, change, in: account)
        }
        let first = try await functions.listVersions(of: name, after: nil, limit: 2, in: account)
        let second = try await functions.listVersions(of: name, after: first.next, limit: 2, in: account)
        #expect(
            (first.elements + second.elements).map(\.number) == [.latest, .published(1), .published(2), .published(3)])
        #expect(second.next == nil)
    }

    @Test func `an alias that splits reaches both versions`() async throws {
        try await fixture.create("f", publish: true)
        let name = try FunctionName("f")
        var change = CodeChange(archive: FunctionFixture.zip("b"))
        change.publish = true
        _ = try await functions.updateCode(of: name, change, in: account)
        let routing = AliasChange(version: .published(1), weights: [2: 0.25])
        _ = try await functions.createAlias(AliasName("live"), of: name, routing, in: account)
        let resolved = try await fixture.resolve("f:live")
        #expect(resolved.splits)
        #expect(resolved.version(drawing: 0.1).number == .published(2))
        #expect(resolved.version(drawing: 0.9).number == .published(1))
        #expect(resolved.invokedARN.hasSuffix(":f:live"))
    }

    @Test func `what another server changes of a function is seen a moment later`() async throws {
        let other = Functions(
            store: fixture.store, blobs: fixture.blobs, keys: fixture.keys, region: .standard, trust: .zero)
        let first = try await fixture.create("f")
        let reference = try FunctionReference("f")
        #expect(try await other.resolve(reference, in: account).version().revision == first.revision)
        try await functions.tag(first.name, with: ["martlet:cpu": "2"], in: account)
        #expect(try await other.resolve(reference, in: account).version().processor.cores == 2)
        try await functions.delete(first.name, in: account)
        await #expect(throws: FunctionError.self) { try await other.resolve(reference, in: account) }
    }

    @Test func `the processor tag changes what runs`() async throws {
        let before = try await fixture.create("f")
        let name = try FunctionName("f")
        #expect(before.processor.cores == 128.0 / 1769)
        try await functions.tag(name, with: ["martlet:cpu": "2"], in: account)
        let after = try await fixture.resolve("f").version()
        #expect(after.processor.cores == 2)
        #expect(after.identity != before.identity)
    }

    @Test func `another account's function looks as if it were not there`() async throws {
        try await fixture.create("f")
        await #expect(throws: FunctionError.self) {
            try await functions.resolve(FunctionReference("123456789012:function:f"), in: account)
        }
        await #expect(throws: FunctionError.self) {
            try await functions.resolve(FunctionReference("f"), in: AccountID("123456789012"))
        }
    }

    @Test func `storage is counted and limited`() async throws {
        let size = FunctionFixture.zip().count
        let small = FunctionFixture(limits: AccountLimits(concurrency: 1000, codeStorage: 2 * size))
        try await small.create("a", publish: true)
        #expect(try await small.functions.usage(of: account) == AccountUsage(functions: 1, codeBytes: 2 * size))
        await #expect(throws: FunctionError.codeStorageExceeded(limit: 2 * size)) { try await small.create("b") }
    }

    @Test func `what is counted along is what a new count finds`() async throws {
        func recount() async throws -> AccountUsage {
            let fresh = Functions(
                store: fixture.store, blobs: fixture.blobs, keys: fixture.keys, region: .standard)
            return try await fresh.usage(of: account)
        }
        _ = try await functions.usage(of: account)
        let name = try FunctionName("f")
        try await fixture.create("f", publish: true)
        try await fixture.create("g")
        var change = CodeChange(archive: FunctionFixture.zip("longer than the first one was"))
        change.publish = true
        _ = try await functions.updateCode(of: name, change, in: account)
        _ = try await functions.publishLayer(
            NewLayer(name: LayerName("l"), archive: FunctionFixture.zip()), in: account)
        #expect(try await functions.usage(of: account) == recount())
        try await functions.deleteVersion(1, of: name, in: account)
        #expect(try await functions.usage(of: account) == recount())
        try await functions.delete(name, in: account)
        try await functions.deleteLayer(LayerName("l"), version: 1, in: account)
        #expect(try await functions.usage(of: account) == recount())
        #expect(try await functions.usage(of: account).functions == 1)
    }
}
