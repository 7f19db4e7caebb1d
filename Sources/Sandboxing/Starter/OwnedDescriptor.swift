import Glibc

/// A file descriptor with exactly one owner; closed when the owner goes away.
package struct OwnedDescriptor: ~Copyable, Sendable {
    private let raw: CInt

    /// Takes over a descriptor that nobody else closes.
    package init(taking raw: CInt) {
        self.raw = raw
    }

    /// The descriptor, lent: it must not be closed, nor kept longer than this value.
    package var borrowed: CInt { raw }

    /// Gives the descriptor away; whoever takes it closes it.
    package consuming func take() -> CInt {
        let raw = raw
        discard self
        return raw
    }

    deinit {
        close(raw)
    }
}
