import Glibc
import Synchronization

/// Random numbers of the kernel, fetched many at a time: every request needs a few, and a system call for each would be most
/// of their cost.
///
/// As good as `SystemRandomNumberGenerator`; what was handed out is no longer in memory.
package struct PooledRandom: RandomNumberGenerator {
    private struct Pool {
        var words = [UInt64](repeating: 0, count: wordCount)
        var left = 0

        mutating func next() -> UInt64 {
            if left == 0 {
                PooledRandom.refill(&words)
                left = words.count
            }
            left -= 1
            defer { words[left] = 0 }
            return words[left]
        }
    }

    /// What the kernel gives at a time: 256 bytes, the most that `getentropy` allows.
    private static let wordCount = 32
    private static let pool = Mutex(Pool())

    package init() {}

    package func next() -> UInt64 { Self.pool.withLock { $0.next() } }

    /// Several numbers for one lock.
    package static func several<let count: Int>() -> InlineArray<count, UInt64> {
        pool.withLock { pool in InlineArray { _ in pool.next() } }
    }

    /// Fills room, a multiple of eight bytes, for one lock.
    package static func fill(_ room: UnsafeMutableRawBufferPointer) {
        precondition(room.count.isMultiple(of: 8), "random numbers have eight bytes")
        pool.withLock { pool in
            for offset in stride(from: 0, to: room.count, by: 8) {
                // SAFETY: eight bytes lie there, as checked above; any place will do for a number.
                unsafe room.storeBytes(of: pool.next(), toByteOffset: offset, as: UInt64.self)
            }
        }
    }

    private static func refill(_ words: inout [UInt64]) {
        // SAFETY: exactly as many bytes are written as the array holds.
        let result = unsafe words.withUnsafeMutableBytes { unsafe getentropy($0.baseAddress, $0.count) }
        precondition(result == 0, "the kernel gives no random numbers")
    }
}
