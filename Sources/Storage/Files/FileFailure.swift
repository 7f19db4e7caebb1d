import Glibc

/// The file system refused; the code is its `errno`.
struct FileFailure: Error, Equatable {
    let code: Int32

    var isFull: Bool { code == ENOSPC || code == EDQUOT }
}
