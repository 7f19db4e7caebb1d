import Glibc

/// The file calls that take paths, each giving its `errno`, or 0.
enum FileCalls {
    /// Makes a folder for its owner only, durable when it returns; one that is there is fine.
    static func makeFolder(_ path: String) -> Int32 {
        // SAFETY: the path is a Swift string, which lives during the call.
        guard unsafe mkdir(path, 0o700) == 0 else { return errno == EEXIST ? 0 : errno }
        return synchronizeFolder(path + "/..")
    }

    /// Opens a file; below 0 it failed and `errno` says why.
    static func open(_ path: String, _ flags: Int32) -> Int32 {
        // SAFETY: the path is a Swift string, which lives during the call.
        unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
    }

    /// Removes a file.
    static func remove(_ path: String) -> Int32 {
        // SAFETY: the path is a Swift string, which lives during the call.
        unsafe unlink(path) == 0 ? 0 : errno
    }

    /// Gives a file another name.
    static func move(_ path: String, to other: String) -> Int32 {
        // SAFETY: the paths are Swift strings, which live during the call.
        unsafe rename(path, other) == 0 ? 0 : errno
    }

    /// Lets a file count as written now.
    static func touch(_ path: String) -> Int32 {
        // SAFETY: the path is a Swift string, which lives during the call; no times means now.
        unsafe utimensat(AT_FDCWD, path, nil, 0) == 0 ? 0 : errno
    }

    /// The size of a file and when it was written, in seconds; `nil` if it is not there.
    static func status(_ path: String) -> (size: Int, written: Double)? {
        var status = stat()
        // SAFETY: the path and the structure live during the call.
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return (Int(status.st_size), Double(status.st_mtim.tv_sec))
    }

    /// Writes all bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var written = 0
        while written < bytes.count {
            // SAFETY: no more is written than the array holds behind `written`.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress.map { unsafe $0 + written }, bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return errno }
            written += count
        }
        return 0
    }

    /// Reads as many bytes as asked for, or fewer at the end of the file.
    static func read(_ size: Int, from descriptor: Int32) -> (bytes: [UInt8], code: Int32) {
        var code: Int32 = 0
        // SAFETY: no more is read than the buffer holds, and only what was read counts.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + count }, size - count)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { code = errno }
                guard got > 0 else { return }
                count += got
            }
        }
        return (bytes, code)
    }

    /// Takes away what lies behind a length.
    static func cut(_ descriptor: Int32, to length: Int) -> Int32 {
        ftruncate(descriptor, off_t(length)) == 0 ? 0 : errno
    }

    /// Makes what was created, renamed or removed in a folder durable.
    static func synchronizeFolder(_ path: String) -> Int32 {
        let raw = open(path, O_RDONLY | O_DIRECTORY)
        guard raw >= 0 else { return errno }
        defer { close(raw) }
        return fsync(raw) == 0 ? 0 : errno
    }
}
