import CZlib
import Foundation
import TestSupport
import Testing

@testable import Platform

@Suite struct CodeArchiveTests {
    @Test func `files and folders come out as they went in`() throws {
        var builder = ZipBuilder([
            .init("lib/", mode: 0o040755), .init("lib/deep/er/a.py", "print(1)"), .init("./b.txt", "b"),
            .init("lib/empty", ""), .init("ünï.txt", "u"),
        ])
        builder.comment = Array("a comment".utf8)
        let archive = try CodeArchive(builder.bytes)
        #expect(archive.unpackedSize == 10)
        try ExtractedFolder.with(archive) { folder in
            #expect(folder.text("lib/deep/er/a.py") == "print(1)")
            #expect(folder.text("b.txt") == "b")
            #expect(folder.text("lib/empty") == "")
            #expect(folder.text("ünï.txt") == "u")
        }
    }

    @Test func `an empty archive is an empty folder`() throws {
        try ExtractedFolder.with(CodeArchive(ZipBuilder().bytes)) { folder in
            #expect(folder.names == [])
        }
    }

    @Test func `executable stays executable and everything is readable for all`() throws {
        let archive = try CodeArchive(
            ZipBuilder([
                .init("bootstrap", "x", mode: 0o100700), .init("secret", "x", mode: 0o100600),
                .init("setuid", "x", mode: 0o104755), .init("foreign", "x", mode: 0),
                .init("closed/", mode: 0o040700),
            ]).bytes)
        try ExtractedFolder.with(archive) { folder in
            #expect(folder.mode("bootstrap") == 0o755)
            #expect(folder.mode("secret") == 0o644)
            #expect(folder.mode("setuid") == 0o755)
            #expect(folder.mode("foreign") == 0o644)
            #expect(folder.mode("closed") == 0o755)
        }
    }

    @Test func `deflated files are inflated`() throws {
        let text = String(repeating: "all work and no play ", count: 20_000)
        var entry = ZipBuilder.Entry("big.txt", text)
        entry.method = 8
        entry.compressed = deflate(entry.content)
        let archive = try CodeArchive(ZipBuilder([entry]).bytes)
        try archive.verify()
        try ExtractedFolder.with(archive) { folder in
            #expect(folder.text("big.txt") == text)
        }
    }

    @Test func `archives of Python's own writer are read`() throws {
        let script = """
            import io,sys,zipfile
            class Pipe(io.RawIOBase):
                def writable(self): return True
                def write(self, data): return sys.stdout.buffer.write(data)
            with zipfile.ZipFile(Pipe(), 'w', zipfile.ZIP_DEFLATED) as z:
                z.writestr('a/b.py', 'x = 1\\n' * 1000)
                z.mkdir('c')
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        let archive = try CodeArchive(bytes)
        try ExtractedFolder.with(archive) { folder in
            #expect(folder.text("a/b.py") == String(repeating: "x = 1\n", count: 1000))
            #expect(folder.names == ["a", "c"])
        }
    }

    @Test func `links inside the archive are kept`() throws {
        let archive = try CodeArchive(
            ZipBuilder([
                .init("node_modules/.store/b/index.js", "b"),
                .init("node_modules/.store/a/b", "../b", mode: 0o120777),
                .init("node_modules/b", ".store/b", mode: 0o120777),
            ]).bytes)
        try archive.verify()
        try ExtractedFolder.with(archive) { folder in
            #expect(folder.text("node_modules/b/index.js") == "b")
            #expect(folder.text("node_modules/.store/a/b/index.js") == "b")
        }
    }

    @Test func `a later layer wins over an earlier one`() throws {
        let first = try CodeArchive(
            ZipBuilder([
                .init("a", "first"), .init("kept", "kept"), .init("link", "kept", mode: 0o120777),
                .init("lib", "kept", mode: 0o120777), .init("d/x", "x"),
            ]).bytes)
        let second = try CodeArchive(
            ZipBuilder([.init("a", "second"), .init("link", "plain"), .init("lib/y", "y"), .init("d/z", "z")]).bytes)
        try ExtractedFolder.with(first) { folder in
            try folder.extract(second)
            #expect(folder.text("a") == "second")
            #expect(folder.text("kept") == "kept")
            #expect(folder.text("link") == "plain")
            #expect(folder.text("lib/y") == "y")
            #expect(folder.text("d/x") == "x")
            #expect(folder.text("d/z") == "z")
        }
    }

    @Test func `a file of a later layer does not replace a folder`() throws {
        let first = try CodeArchive(ZipBuilder([.init("d/x", "x")]).bytes)
        let second = try CodeArchive(ZipBuilder([.init("d", "file")]).bytes)
        try ExtractedFolder.with(first) { folder in
            #expect(throws: CodeArchiveError.entry(name: "d", .conflict)) { try folder.extract(second) }
            #expect(folder.text("d/x") == "x")
        }
    }

    @Test func `changed contents are noticed`() throws {
        var entry = ZipBuilder.Entry("a", "content")
        entry.compressed = Array("c0ntent".utf8)
        let archive = try CodeArchive(ZipBuilder([entry]).bytes)
        #expect(throws: CodeArchiveError.entry(name: "a", .badChecksum)) { try archive.verify() }
        try ExtractedFolder.empty { folder in
            #expect(throws: CodeArchiveError.entry(name: "a", .badChecksum)) { try folder.extract(archive) }
        }
    }

    @Test func `extraction leaves no descriptor open`() throws {
        let archive = try CodeArchive(ZipBuilder.files((0..<50).map { ("a/b/c\($0)/d/e", "x") }))
        try ExtractedFolder.empty { folder in
            try folder.extract(archive)
            let before = openDescriptors(below: folder.path)
            #expect(before == 1)
        }
    }

    private func openDescriptors(below path: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.count {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
            return target?.hasPrefix(path) == true
        }
    }
}

/// Raw deflate.
func deflate(_ bytes: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: bytes.count + 1000)
    var input = bytes
    // SAFETY: both arrays live during the closures and their lengths go with them.
    let count = unsafe input.withUnsafeMutableBufferPointer { source in
        unsafe output.withUnsafeMutableBufferPointer { target in
            var stream = unsafe z_stream()
            let size = unsafe Int32(MemoryLayout<z_stream>.size)
            unsafe deflateInit2_(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
            unsafe stream.next_in = source.baseAddress
            unsafe stream.avail_in = UInt32(source.count)
            unsafe stream.next_out = target.baseAddress
            unsafe stream.avail_out = UInt32(target.count)
            _ = unsafe CZlib.deflate(&stream, Z_FINISH)
            unsafe deflateEnd(&stream)
            return unsafe Int(stream.total_out)
        }
    }
    return Array(output.prefix(count))
}
