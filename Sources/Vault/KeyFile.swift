import Glibc

/// The root key as a file of mode 0600.
enum KeyFile {
    /// Reads the file, after checking the opened file itself: it is regular, ours, and nobody else's to read.
    static func read(_ path: String) throws(KeySourceError) -> [UInt8] {
        // SAFETY: the path is passed as a C string for the duration of the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path: path) : .system(operation: "open", errno: errno)
        }
        do {
            try check(descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
        return try KeyDescriptor.readAll(descriptor)
    }

    private static func check(_ descriptor: Int32, _ path: String) throws(KeySourceError) {
        var status = stat()
        // SAFETY: the structure outlives the call.
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(operation: "fstat", errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .notOwned(path: path, owner: status.st_uid)
        }
        guard status.st_mode & 0o077 == 0 else { throw .exposed(path: path, mode: status.st_mode & 0o777) }
    }

    /// Writes the file whole and durably or not at all; one that exists is never replaced.
    static func create(_ path: String, text: [UInt8]) throws(KeySourceError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        let draft = path + ".\(UInt64.random(in: 0...(.max))).draft"
        // SAFETY: the path is passed as a C string for the duration of the call.
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .system(operation: "open", errno: errno) }
        defer {
            // SAFETY: as above.
            _ = unsafe unlink(draft)
        }
        do {
            try write(text, to: descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        close(descriptor)
        // A link, not a rename: it fails where a file has the name already.
        // SAFETY: as above.
        guard unsafe link(draft, path) == 0 else {
            throw errno == EEXIST ? .exists(path: path) : .system(operation: "link", errno: errno)
        }
        try synchronise(folder: folder)
    }

    private static func write(_ text: [UInt8], to descriptor: Int32) throws(KeySourceError) {
        // SAFETY: the array outlives the call and its length goes with it.
        let count = unsafe text.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count == text.count, fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else {
            throw .system(operation: "write", errno: count < 0 || count == text.count ? errno : ENOSPC)
        }
    }

    private static func synchronise(folder: String) throws(KeySourceError) {
        // SAFETY: the path is passed as a C string for the duration of the call.
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(operation: "fsync", errno: errno) }
    }
}

extension RootKey {
    /// Makes a new key and stores it in a new file of mode 0600; a file that exists is never replaced.
    package static func create(file path: String) throws(KeySourceError) -> RootKey {
        let key = RootKey()
        var text = key.text()
        defer { text.wipe() }
        try KeyFile.create(path, text: text)
        return key
    }
}
