import Glibc

/// The file system refused; the code is its `errno`.
package struct FileFailure: Error, Equatable {
    package let code: Int32

    /// Whether there is no room.
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }
}
