import Foundation

@testable import Platform

/// A folder of its own for one test, opened as `extract` wants it.
struct ExtractedFolder {
    let path: String
    private let descriptor: Int32

    /// Lends an empty folder, `root` inside one that no test should see anything else appear in.
    static func empty(_ body: (ExtractedFolder) throws -> Void) throws {
        let outer = FileManager.default.temporaryDirectory.path + "/martlet-archive-\(UUID())"
        let path = outer + "/root"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: outer) }
        // SAFETY: the path is passed as a C string for the duration of the call.
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(descriptor) }
        try body(ExtractedFolder(path: path, descriptor: descriptor))
    }

    /// Lends a folder into which an archive was unpacked.
    static func with(_ archive: CodeArchive, _ body: (ExtractedFolder) throws -> Void) throws {
        try empty { folder in
            try folder.extract(archive)
            try body(folder)
        }
    }

    func extract(_ archive: CodeArchive) throws(CodeArchiveError) { try archive.extract(into: descriptor) }

    func text(_ name: String) -> String? {
        FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }

    func mode(_ name: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path + "/" + name))?[.posixPermissions] as? Int
    }

    var names: [String] { list(path) }

    /// What lies beside the folder: itself and nothing else.
    var neighbours: [String] { list(path + "/..") }

    private func list(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}
