import Foundation
import TestSupport
import Testing

@testable import Platform

@Suite struct CodeArchiveAttackTests {
    typealias Fault = CodeArchiveError.Fault

    /// Opens and verifies: what a server does before it accepts code.
    func fault(_ builder: ZipBuilder, limits: CodeArchive.Limits = .init()) -> CodeArchiveError? {
        do {
            try CodeArchive(builder.bytes, limits: limits).verify()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("../evil", Fault.traversal), ("a/../../evil", .traversal), ("a/..", .traversal), ("..", .traversal),
        ("/etc/passwd", .absolutePath), ("//evil", .absolutePath), ("a\\..\\evil", .badName), ("C:\\evil", .badName),
        ("a\0b", .badName), ("a//b", .badName), ("", .badName), (".", .badName),
        (String(repeating: "x", count: 256), .badName), (String(repeating: "d/", count: 101) + "f", .badName),
    ])
    func `a path that is not plainly below the root is refused`(name: String, expected: Fault) {
        #expect(fault(ZipBuilder([.init(name, "x")])) == .entry(name: name, expected))
    }

    @Test func `a name that is not UTF-8 is refused`() {
        var entry = ZipBuilder.Entry("x", "x")
        entry.name = [0x66, 0xff]
        #expect(fault(ZipBuilder([entry])) == .entry(name: "f\u{fffd}", .badName))
    }

    @Test(arguments: ["/etc/passwd", "..", "../x", "a/../../x", "../../../x", "d/l/..", "", "a\0b"])
    func `a link that could lead out is refused`(target: String) {
        let builder = ZipBuilder([.init("evil", target, mode: 0o120777)])
        #expect(fault(builder) == .entry(name: "evil", .badLink))
    }

    @Test func `a link may climb to the root but not above it`() {
        #expect(fault(ZipBuilder([.init("a/b/l", "../../x", mode: 0o120777)])) == nil)
        #expect(
            fault(ZipBuilder([.init("a/b/l", "../../../x", mode: 0o120777)])) == .entry(name: "a/b/l", .badLink))
    }

    @Test func `nothing is written through a link of the same archive`() {
        let builder = ZipBuilder([.init("d", "x", mode: 0o120777), .init("d/evil", "x")])
        #expect(fault(builder) == .entry(name: "d/evil", .conflict))
    }

    @Test func `nothing is written through a link that lies in the folder already`() throws {
        try ExtractedFolder.empty { folder in
            for name in ["d", "f"] {
                try FileManager.default.createSymbolicLink(
                    atPath: folder.path + "/" + name, withDestinationPath: "../../")
            }
            try folder.extract(CodeArchive(ZipBuilder.files([("d/evil", "x"), ("f", "x")])))
            #expect(folder.neighbours == ["root"])
            #expect(folder.text("d/evil") == "x")
            #expect(folder.text("f") == "x")
        }
    }

    @Test func `a name that comes twice is refused`() {
        #expect(fault(ZipBuilder([.init("a", "1"), .init("a", "2")])) == .entry(name: "a", .duplicate))
        #expect(fault(ZipBuilder([.init("a", "1"), .init("./a", "2")])) == .entry(name: "./a", .duplicate))
        #expect(fault(ZipBuilder([.init("a", "1"), .init("a/", mode: 0o040755)])) == .entry(name: "a/", .conflict))
        #expect(fault(ZipBuilder([.init("a/b", "1"), .init("a", "2")])) == .entry(name: "a", .conflict))
    }

    @Test func `two names that only look alike are two files`() throws {
        let archive = try CodeArchive(ZipBuilder.files([("\u{e9}", "one"), ("e\u{301}", "two")]))
        try ExtractedFolder.with(archive) { #expect($0.names.count == 2) }
    }

    @Test(arguments: [0o020666, 0o060666, 0o010666, 0o140666] as [UInt32])
    func `devices, pipes and sockets are refused`(mode: UInt32) {
        #expect(fault(ZipBuilder([.init("dev", "", mode: mode)])) == .entry(name: "dev", .special))
    }

    @Test(arguments: [1, 1 << 6, 1 << 13]) func `encrypted entries are refused`(flag: Int) {
        var entry = ZipBuilder.Entry("a", "x")
        entry.flags = flag
        #expect(fault(ZipBuilder([entry])) == .entry(name: "a", .encrypted))
    }

    @Test(arguments: [1, 9, 12, 14, 93]) func `other compression methods are refused`(method: Int) {
        var entry = ZipBuilder.Entry("a", "x")
        entry.method = method
        #expect(fault(ZipBuilder([entry])) == .entry(name: "a", .unsupportedMethod(method)))
    }

    @Test func `a local header that names another file is refused`() {
        var entry = ZipBuilder.Entry("a", "x")
        entry.localName = Array("b".utf8)
        #expect(fault(ZipBuilder([entry])) == .entry(name: "a", .contradictory))
    }

    @Test func `entries that share their data are refused`() {
        var second = ZipBuilder.Entry("a", "x")
        second.sharesDataOf = 0
        // The two names are equal in length but differ, so only the directory's copy is right.
        #expect(fault(ZipBuilder([.init("a", "x"), second])) == .entry(name: "a", .overlapping))
    }

    @Test func `a bomb is refused by what it declares`() {
        let entries = (0..<10).map { number in
            var entry = ZipBuilder.Entry("f\(number)", "")
            entry.method = 8
            entry.compressed = [3, 0]
            entry.declaredSize = 1000
            return entry
        }
        #expect(fault(ZipBuilder(entries), limits: .init(bytes: 9999)) == .tooLarge(limit: 9999))
    }

    @Test func `a bomb that declares little is stopped at what it declared`() {
        var entry = ZipBuilder.Entry("bomb", String(repeating: "0", count: 1_000_000))
        entry.method = 8
        entry.compressed = deflate(entry.content)
        entry.declaredSize = 100
        #expect(fault(ZipBuilder([entry])) == .entry(name: "bomb", .badSize))
        entry.declaredSize = 1_000_001
        #expect(fault(ZipBuilder([entry])) == .entry(name: "bomb", .badSize))
    }

    @Test func `too many entries are refused, also those that are only implied`() {
        let flat = ZipBuilder((0..<11).map { .init("f\($0)") })
        #expect(fault(flat, limits: .init(nodes: 10)) == .tooManyEntries(limit: 10))
        let deep = ZipBuilder([.init(String(repeating: "d/", count: 20) + "f")])
        #expect(fault(deep, limits: .init(nodes: 10)) == .tooManyEntries(limit: 10))
    }

    @Test func `what is not an archive is refused`() {
        #expect(throws: CodeArchiveError.notAnArchive) { try CodeArchive([]) }
        #expect(throws: CodeArchiveError.notAnArchive) { try CodeArchive(Array("def handler(): pass".utf8)) }
        #expect(throws: CodeArchiveError.notAnArchive) { try CodeArchive([UInt8](repeating: 0, count: 100_000)) }
        let honest = ZipBuilder.files([("a", "x")])
        #expect(throws: CodeArchiveError.notAnArchive) { try CodeArchive(Array(honest.dropLast())) }
        #expect(throws: CodeArchiveError.notAnArchive) { try CodeArchive(honest + [0]) }
        #expect(throws: CodeArchiveError.notAnArchive) { try CodeArchive([0] + honest) }
    }

    @Test func `broken deflate data is refused`() {
        var entry = ZipBuilder.Entry("a", "some text")
        entry.method = 8
        let broken: [[UInt8]] = [[], [0xff, 0xff], deflate(entry.content).dropLast(), deflate(entry.content) + [0]]
        for compressed in broken {
            entry.compressed = compressed
            #expect(fault(ZipBuilder([entry])) == .entry(name: "a", .corrupt))
        }
    }

    @Test func `an archive changed anywhere ends in an error or the same files, never in a crash`() throws {
        var deflated = ZipBuilder.Entry("lib/deflated", String(repeating: "abc", count: 300))
        deflated.method = 8
        deflated.compressed = deflate(deflated.content)
        let honest = ZipBuilder([.init("a", "content"), deflated, .init("l", "a", mode: 0o120777)]).bytes
        var random = SeededRandom(seed: 2)
        try ExtractedFolder.empty { folder in
            for _ in 0..<3000 {
                var bytes = honest
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0...40, using: &random)) }
                guard let archive = try? CodeArchive(bytes) else { continue }
                try? folder.extract(archive)
            }
            #expect(folder.neighbours == ["root"])
        }
    }
}

/// SplitMix64: the same numbers in every run.
private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
