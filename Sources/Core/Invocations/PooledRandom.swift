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
    }

    /// What the kernel gives at a time: 256 bytes, the most that `getentropy` allows.
    private static let wordCount = 32
    private static let pool = Mutex(Pool())

    package init() {}

    package func next() -> UInt64 {
        Self.pool.withLock { pool in
            if pool.left == 0 {
                Self.fill(&pool.words)
                pool.left = pool.words.count
            }
            pool.left -= 1
            defer { pool.words[pool.left] = 0 }
            return pool.words[pool.left]
        }
    }

    private static func fill(_ words: inout [UInt64]) {
        // SAFETY: exactly as many bytes are written as the array holds.
        let result = unsafe words.withUnsafeMutableBytes { unsafe getentropy($0.baseAddress, $0.count) }
        precondition(result == 0, "the kernel gives no random numbers")
    }
}
