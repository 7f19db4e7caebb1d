import Core
import Platform
import Testing

@Suite struct FunctionStateTests {
    static let stamp = ChangeStamp(revision: "r2", time: Instant(milliseconds: 2000))

    static func record(code: String = "a", revision: String = "r1") throws -> VersionRecord {
        try VersionRecord(
            configuration: FunctionFixture.configuration(FunctionName("f")),
            code: CodeReference(blob: code, key: "k", sha256: code, size: 1, unpackedSize: 1), layerCode: [],
            stamp: ChangeStamp(revision: revision, time: Instant(milliseconds: 1000)))
    }

    static func state() throws -> FunctionState { try FunctionState(latest: record(), tags: [:]) }

    @Test func `publishing twice without a change gives one version`() throws {
        var state = try Self.state()
        guard
            case .published(1, let first) = try state.publish(
                after: nil, expecting: .init(), description: "one", stamp: Self.stamp)
        else { throw TestFailure() }
        #expect(first.label == "one")
        #expect(first.revision == "r2")
        let again = try state.publish(after: first, expecting: .init(), description: "two", stamp: Self.stamp)
        #expect(again == .unchanged(1))
        try state.replaceLatest(with: Self.record(code: "b"), expecting: nil)
        guard
            case .published(2, _) = try state.publish(
                after: first, expecting: .init(), description: nil, stamp: Self.stamp)
        else { throw TestFailure() }
        #expect(state.published == [1, 2])
    }

    @Test func `a number is never given twice`() throws {
        var state = try Self.state()
        _ = try state.publish(after: nil, expecting: .init(), description: nil, stamp: Self.stamp)
        try state.deleteVersion(1)
        let next = try state.publish(after: nil, expecting: .init(), description: nil, stamp: Self.stamp)
        guard case .published(2, _) = next else { throw TestFailure() }
        #expect(state.routing(for: .version(1)) == nil)
    }

    @Test func `publishing for another revision or digest is refused`() throws {
        var state = try Self.state()
        #expect(throws: FunctionError.revisionMismatch(.function)) {
            try state.publish(
                after: nil, expecting: .init(revision: "other"), description: nil, stamp: Self.stamp)
        }
        #expect(throws: FunctionError.codeDigestMismatch(given: "x", actual: "a")) {
            try state.publish(after: nil, expecting: .init(codeDigest: "x"), description: nil, stamp: Self.stamp)
        }
    }

    @Test func `a version that an alias points to stays`() throws {
        var state = try Self.state()
        _ = try state.publish(after: nil, expecting: .init(), description: nil, stamp: Self.stamp)
        let live = try AliasName("live")
        _ = try state.createAlias(live, change: AliasChange(version: .published(1)), arn: "a:live", stamp: Self.stamp)
        #expect(throws: FunctionError.versionInUse(1, aliases: ["live"])) { try state.deleteVersion(1) }
        let deleted = (state.deleteAlias(live), state.deleteAlias(live))
        #expect(deleted == (true, false))
        try state.deleteVersion(1)
    }

    @Test func `an alias points only to what is there`() throws {
        var state = try Self.state()
        let change = AliasChange(version: .published(9))
        #expect(throws: FunctionError.functionMissing(arn: "a:9")) {
            try state.createAlias(AliasName("live"), change: change, arn: "a:live", stamp: Self.stamp)
        }
    }

    @Test func `an alias keeps its weights when only its description changes`() throws {
        var state = try Self.state()
        let live = try AliasName("live")
        guard
            case .published(_, let first) = try state.publish(
                after: nil, expecting: .init(), description: nil, stamp: Self.stamp)
        else { throw TestFailure() }
        try state.replaceLatest(with: Self.record(code: "b"), expecting: nil)
        _ = try state.publish(after: first, expecting: .init(), description: nil, stamp: Self.stamp)
        let made = AliasChange(version: .published(1), weights: [2: 0.5])
        _ = try state.createAlias(live, change: made, arn: "a:live", stamp: Self.stamp)
        let described = try state.updateAlias(
            live, change: AliasChange(description: "d"), arn: "a:live", stamp: Self.stamp)
        #expect(described.routing.additional?.weight == 0.5)
        let plain = try state.updateAlias(live, change: AliasChange(weights: [:]), arn: "a:live", stamp: Self.stamp)
        #expect(plain.routing.additional == nil)
        let stale = AliasChange(description: "e", expectedRevision: "r0")
        #expect(throws: FunctionError.revisionMismatch(.alias)) {
            try state.updateAlias(live, change: stale, arn: "a:live", stamp: Self.stamp)
        }
    }

    @Test func `the processor tag must be a share`() throws {
        var state = try Self.state()
        #expect(throws: FunctionError.configuration(.processorShareMalformed("much"))) {
            try state.setTags(["martlet:cpu": "much"])
        }
        try state.setTags(["martlet:cpu": "0.5"])
        #expect(state.processor?.cores == 0.5)
        state.removeTags(["martlet:cpu", "none"])
        #expect(state.processor == nil)
    }

    @Test func `tags have limits`() throws {
        var state = try Self.state()
        #expect(throws: FunctionError.tagMalformed("aws:x")) { try state.setTags(["aws:x": ""]) }
        #expect(throws: FunctionError.tagMalformed("")) { try state.setTags(["": ""]) }
        let many = Dictionary(uniqueKeysWithValues: (0...50).map { ("k\($0)", "") })
        #expect(throws: FunctionError.tooMany(what: "tags", limit: 50)) { try state.setTags(many) }
    }

    @Test func `code with layers must not unpack to more than 250 MiB`() throws {
        let big = CodeReference(blob: "b", key: "k", sha256: "s", size: 1, unpackedSize: 200_000_000)
        #expect(throws: FunctionError.unpackedTooLarge(limit: 262_144_000, actual: 400_000_000)) {
            try VersionRecord(
                configuration: FunctionFixture.configuration(FunctionName("f")), code: big, layerCode: [big],
                stamp: Self.stamp)
        }
    }

    @Test func `a hundred calls stay unreserved`() throws {
        var ledger = ConcurrencyLedger()
        let (a, b, limits) = (try FunctionName("a"), try FunctionName("b"), AccountLimits())
        try ledger.reserve(500, for: a, within: limits)
        #expect(throws: FunctionError.unreservedTooLow(minimum: 100)) {
            try ledger.reserve(401, for: b, within: limits)
        }
        try ledger.reserve(400, for: b, within: limits)
        try ledger.reserve(500, for: a, within: limits)
        try ledger.reserve(nil, for: a, within: limits)
        #expect(ledger.total == 400)
        #expect(throws: FunctionError.unreservedTooLow(minimum: 100)) { try ledger.reserve(-1, for: b, within: limits) }
    }
}

struct TestFailure: Error {}
