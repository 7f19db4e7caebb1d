import Glibc

extension CodeArchive {
    /// Unpacks the archive below an open folder, over what earlier archives left there.
    ///
    /// A file or link replaces an earlier file or link, and a folder replaces either; a folder is never replaced by a
    /// file. Every step is taken from the descriptor of the folder before it and follows no link, so whatever lies
    /// below the root, nothing outside it is touched.
    package func extract(into root: Int32) throws(CodeArchiveError) {
        var extraction = CodeArchiveExtraction(root: root)
        for entry in entries { try extraction.add(entry, of: self) }
    }
}

/// One unpacking under way: the open folders between the root and the place of the last entry.
private struct CodeArchiveExtraction: ~Copyable {
    private let root: Int32
    private var open: [(name: String, descriptor: Int32)] = []

    init(root: Int32) { self.root = root }

    deinit {
        for folder in open { close(folder.descriptor) }
    }

    mutating func add(_ entry: CodeArchiveEntry, of archive: CodeArchive) throws(CodeArchiveError) {
        do {
            switch entry.kind {
            case .folder:
                _ = try enter(entry.path[...])
            case .link:
                let target = String(decoding: try archive.contents(of: entry, keeping: true), as: UTF8.self)
                let (folder, name) = try enterParent(of: entry)
                try link(name, to: target, in: folder)
            case .file:
                let (folder, name) = try enterParent(of: entry)
                try write(entry, of: archive, name, in: folder)
            }
        } catch let fault as CodeArchiveError.Fault {
            throw .entry(name: entry.name, fault)
        } catch let error as CodeArchiveError {
            throw error
        } catch {
            throw .notAnArchive
        }
    }

    private mutating func enterParent(
        of entry: CodeArchiveEntry
    ) throws(CodeArchiveError.Fault) -> (Int32, String) {
        guard let name = entry.path.last else { throw .badName }
        return (try enter(entry.path.dropLast()), name)
    }

    /// Opens a folder below the root, making what is missing; folders already open on the way are used again.
    private mutating func enter(_ path: ArraySlice<String>) throws(CodeArchiveError.Fault) -> Int32 {
        let common = zip(open, path).prefix { $0.name.utf8.elementsEqual($1.utf8) }.count
        while open.count > common { close(open.removeLast().descriptor) }
        for name in path.dropFirst(common) {
            open.append((name, try Self.openFolder(name, in: open.last?.descriptor ?? root)))
        }
        return open.last?.descriptor ?? root
    }

    private static func openFolder(_ name: String, in parent: Int32) throws(CodeArchiveError.Fault) -> Int32 {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        // SAFETY: here and below, the name is passed as a C string for the duration of the call.
        let known = unsafe openat(parent, name, flags)
        if known >= 0 { return known }
        if errno == ENOTDIR || errno == ELOOP {
            guard unsafe unlinkat(parent, name, 0) == 0 else { throw .failed("unlinkat") }
        } else if errno != ENOENT {
            throw .failed("openat")
        }
        guard unsafe mkdirat(parent, name, 0o755) == 0 else { throw .failed("mkdirat") }
        let made = unsafe openat(parent, name, flags)
        guard made >= 0 else { throw .failed("openat") }
        // The process's umask took bits away.
        guard fchmod(made, 0o755) == 0 else {
            let fault = CodeArchiveError.Fault.failed("fchmod")
            close(made)
            throw fault
        }
        return made
    }

    private func link(_ name: String, to target: String, in folder: Int32) throws(CodeArchiveError.Fault) {
        // SAFETY: both texts are passed as C strings for the duration of the call.
        if unsafe symlinkat(target, folder, name) == 0 { return }
        try Self.removeEarlier(name, in: folder)
        guard unsafe symlinkat(target, folder, name) == 0 else { throw .failed("symlinkat") }
    }

    private func write(_ entry: CodeArchiveEntry, of archive: CodeArchive, _ name: String, in folder: Int32) throws {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        // SAFETY: the name is passed as a C string for the duration of the call.
        var file = unsafe openat(folder, name, flags, 0o600)
        if file < 0 {
            try Self.removeEarlier(name, in: folder)
            file = unsafe openat(folder, name, flags, 0o600)
        }
        guard file >= 0 else { throw CodeArchiveError.Fault.failed("openat") }
        defer { close(file) }
        try unsafe CodeArchiveInflater.inflate(entry, of: archive.bytes) { (piece) throws(CodeArchiveError) in
            try unsafe Self.writeAll(piece, to: file, of: entry)
        }
        guard fchmod(file, entry.mode) == 0 else { throw CodeArchiveError.Fault.failed("fchmod") }
    }

    /// Removes what an earlier archive left, if it may be replaced.
    private static func removeEarlier(_ name: String, in folder: Int32) throws(CodeArchiveError.Fault) {
        guard errno == EEXIST else { throw .failed("create") }
        // SAFETY: the name is passed as a C string for the duration of the call.
        guard unsafe unlinkat(folder, name, 0) == 0 else { throw errno == EISDIR ? .conflict : .failed("unlinkat") }
    }

    private static func writeAll(
        _ piece: UnsafeRawBufferPointer, to file: Int32, of entry: CodeArchiveEntry
    ) throws(CodeArchiveError) {
        var rest = unsafe piece
        while unsafe !rest.isEmpty {
            // SAFETY: the pointer and the length are of one buffer, which lives during the call.
            let count = unsafe Glibc.write(file, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .entry(name: entry.name, .failed("write")) }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}

extension CodeArchiveError.Fault {
    /// A system call failed just now.
    fileprivate static func failed(_ operation: String) -> Self { .system(operation: operation, errno: errno) }
}
