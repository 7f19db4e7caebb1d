import Foundation
import Glibc
import TestSupport

@testable import Platform

extension FuzzTarget {
    /// Archives as they come.
    static let archives = FuzzTarget(
        "archives",
        seeds: [
            ZipBuilder.files([("a.py", "print(1)"), ("lib/b.txt", "")]),
            ZipBuilder([deflated, ZipBuilder.Entry("link", "a.py", mode: 0o120777)]).bytes, ZipBuilder().bytes,
        ]
    ) { bytes in check(bytes) }

    /// Archives that are whole, with entries that may be anything: reaches what a wrong checksum would keep away.
    static let builtArchives = FuzzTarget(
        "built-archives",
        texts: ["0a.py\n1lib/b\nhello\n", "5../x\n0a/../../b\nc\n", "2l\n0l/x\n2l\n..\n", "0a\n0a/b\n0/c\n0A\n"]
    ) { bytes in
        var builder = ZipBuilder()
        var rest = bytes
        while !rest.isEmpty, builder.entries.count < 12 {
            let (line, more) = rest.halves()
            rest = more
            guard let kind = line.first else { continue }
            var content = more.halves().first
            if kind & 1 == 1 { rest = more.halves().second } else { content = Array("target".utf8) }
            var entry = ZipBuilder.Entry("", content.text, mode: modes[Int(kind >> 1) % modes.count])
            entry.name = Array(line.dropFirst())
            builder.entries.append(entry)
        }
        check(builder.bytes)
    }

    private static let modes: [UInt32] = [0o100644, 0o120777, 0o040755, 0, 0o020666, 0o100755, 0o104755]

    /// `hello hello hello hello`, deflated.
    private static var deflated: ZipBuilder.Entry {
        var entry = ZipBuilder.Entry("deflated", "hello hello hello hello")
        entry.method = 8
        entry.compressed = [0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 0x00]
        return entry
    }

    private static let limits = CodeArchive.Limits(bytes: 1 << 20, nodes: 64)

    /// Opens, verifies and unpacks: what does not verify must not unpack, and nothing may appear outside.
    private static func check(_ bytes: [UInt8]) {
        guard let archive = accepted({ try CodeArchive(bytes, limits: limits) }) else { return }
        require(archive.unpackedSize <= limits.bytes && archive.paths.count <= limits.nodes)
        let verifies = accepted { try archive.verify() } != nil
        let folder = ArchiveFolder.shared
        let unpacks = accepted { try archive.extract(into: folder.descriptor) } != nil
        require(verifies || !unpacks, "what does not verify was unpacked")
        if unpacks {
            let paths = archive.entries.map { $0.path.joined(separator: "/") }
            require(paths.allSatisfy { $0.isEmpty || folder.has($0) }, "an entry is missing")
        }
        folder.clean()
    }
}

/// A folder to unpack into, inside one in which nothing else may appear.
private struct ArchiveFolder {
    static let shared = ArchiveFolder()

    let descriptor: Int32
    private let outer: String
    private var root: String { outer + "/root" }

    private init() {
        outer = FileManager.default.temporaryDirectory.path + "/martlet-fuzz-\(getpid())"
        guard
            accepted({ [outer] in
                try FileManager.default.createDirectory(atPath: outer + "/root", withIntermediateDirectories: true)
            }) != nil
        else { fatalError("\(outer) cannot be made") }
        // SAFETY: the path is passed as a C string for the duration of the call.
        descriptor = unsafe open(outer + "/root", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        atexit { accepted { try FileManager.default.removeItem(atPath: ArchiveFolder.shared.outer) } ?? () }
    }

    func has(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: the structure and the path live during the call.
        return unsafe fstatat(descriptor, path, &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// Empties the folder; ends the process if something lies beside it.
    func clean() {
        let manager = FileManager.default
        require(accepted { try manager.contentsOfDirectory(atPath: outer) } == ["root"], "something was put outside")
        for name in accepted({ try manager.contentsOfDirectory(atPath: root) }) ?? [] {
            require(accepted { try manager.removeItem(atPath: root + "/" + name) } != nil, "\(name) stays")
        }
    }
}
