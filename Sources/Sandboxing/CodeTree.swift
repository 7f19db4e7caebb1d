/// A file system in memory that holds one function's code or layers: private, limited, and never on a disk.
///
/// The server writes files below `root`. Sandboxes see it read-only, and keep it after this value has gone.
package final class CodeTree: Sendable {
    let number: UInt64
    private let descriptor: OwnedDescriptor
    private let drop: @Sendable (UInt64) -> Void

    init(number: UInt64, root: consuming OwnedDescriptor, drop: @escaping @Sendable (UInt64) -> Void) {
        self.number = number
        self.descriptor = root
        self.drop = drop
    }

    /// The descriptor of its root folder, lent: for `openat` and its kin, while this value lives.
    package var root: CInt { descriptor.borrowed }

    deinit {
        drop(number)
    }
}
