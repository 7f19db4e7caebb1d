import CSplice
import Glibc

/// A pipe through which the kernel moves bytes from one socket to the other.
struct SplicePipe: Sendable {
    private let output: CInt
    private let input: CInt

    /// How much is moved at once; more would only fall out of the processor's cache.
    static let size = 256 << 10

    /// Makes one, which holds less where the system allows no more; `nil` where the process may have no more descriptors.
    init?(size: Int = SplicePipe.size) {
        var ends: [CInt] = [-1, -1]
        // SAFETY: room for the two descriptors that the call writes.
        guard unsafe splice_make_pipe(&ends, CInt(size)) == 0 else { return nil }
        (output, input) = (ends[0], ends[1])
    }

    /// Takes up to `count` bytes from a socket; 0 at its end, negative where there are none now or it is broken.
    func take(from socket: CInt, upTo count: Int) -> Int { splice_move(socket, input, min(count, Self.size)) }

    /// Gives up to `count` bytes to a socket; negative where it takes none now or is broken.
    func give(to socket: CInt, _ count: Int) -> Int { splice_move(output, socket, count) }

    /// Closes both ends.
    func close() {
        _ = Glibc.close(output)
        _ = Glibc.close(input)
    }
}
