import Glibc
import Synchronization

/// Keeps a second process out of a folder until it is released.
final class FolderLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Makes the folder if need be, readable for its owner only, and locks the file "lock" in it.
    init(folder: String) throws(StoreOpenError) {
        let made = FileCalls.makeFolder(folder)
        guard made == 0 else { throw .folder(code: made) }
        let raw = FileCalls.open(folder + "/lock", O_RDWR | O_CREAT)
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
            if let raw {
                // A child on its way to its own program may still share the descriptor, and the lock with it.
                flock(raw, LOCK_UN)
                close(raw)
            }
            raw = nil
        }
    }
}
