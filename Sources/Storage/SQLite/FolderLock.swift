import Glibc
import Synchronization

/// Keeps a second process out of a folder until it is released.
final class FolderLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Makes the folder if need be, readable for its owner only, and locks the file "lock" in it.
    init(folder: String) throws(StoreOpenError) {
        // SAFETY: the path is a Swift string, which lives during the call.
        if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST { throw .folder(code: errno) }
        // SAFETY: as above.
        let raw = unsafe open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard raw >= 0 else { throw .folder(code: errno) }
        guard flock(raw, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(raw)
            throw code == EWOULDBLOCK ? .inUse : .folder(code: code)
        }
        descriptor = Mutex(raw)
    }

    deinit { release() }

    /// Lets others in.
    func release() {
        descriptor.withLock { raw in
            if let raw { close(raw) }
            raw = nil
        }
    }
}

/// Makes what was created, renamed or removed in a folder durable.
func synchronizeFolder(_ path: String) -> Int32 {
    // SAFETY: the path is a Swift string, which lives during the call.
    let raw = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard raw >= 0 else { return errno }
    defer { close(raw) }
    return fsync(raw) == 0 ? 0 : errno
}
