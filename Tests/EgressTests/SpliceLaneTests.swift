import Glibc
import Synchronization
import Testing

@testable import Egress

/// What the kernel passes on between sockets of the test's own, step by step and without a thread.
struct SpliceLaneTests {
    /// A splice between two pairs of sockets, of which the test has the far ends.
    private final class Ends {
        let splice: KernelSplice
        let function: CInt
        let outside: CInt

        init() throws {
            let (inner, outer) = (try Self.pair(), try Self.pair())
            (function, outside) = (inner.0, outer.0)
            let ended = Ended()
            splice = KernelSplice(
                function: inner.1, outside: outer.1,
                KernelSplice.Terms(
                    bytesOut: .max, bytesIn: .max, uncounted: 0, charge: { _, counted in counted() },
                    ended: { _ in ended.count.withLock { $0 += 1 } }))
            self.ended = ended
        }

        private let ended: Ended

        private final class Ended: Sendable { let count = Mutex(0) }

        deinit {
            close(function)
            close(outside)
        }

        var hasEnded: Bool { ended.count.withLock { $0 } == 1 }

        private static func pair() throws -> (CInt, CInt) {
            var ends: [CInt] = [-1, -1]
            // SAFETY: room for the two descriptors that the call writes.
            let result = unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
            try #require(result == 0)
            return (ends[0], ends[1])
        }

        /// Sends what the socket takes; gives how much that is.
        func send(_ bytes: ArraySlice<UInt8>) -> Int {
            // SAFETY: the call reads as many bytes as there are.
            max(0, unsafe bytes.withUnsafeBytes { unsafe write(function, $0.baseAddress, $0.count) })
        }

        /// What has come out by now.
        func received() -> [UInt8] {
            var all: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 65536)
            while true {
                // SAFETY: room for as many bytes as are asked for.
                let count = unsafe read(outside, &piece, piece.count)
                guard count > 0 else { return all }
                all += piece.prefix(count)
            }
        }
    }

    private static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    }

    @Test func `where no pipe can be had nothing is taken or lost, and all goes on once there is one`() throws {
        final class Shortage { var isOver = false }
        let (ends, shortage) = (try Ends(), Shortage())
        var spare = SparePipes { shortage.isOver ? SplicePipe() : nil }
        let bytes = Self.pattern(10_000)
        #expect(ends.send(bytes[...]) == bytes.count)
        for _ in 0..<3 { #expect(ends.splice.advance(&spare)) }
        #expect(ends.received() == [] && ends.splice.bytes.out == 0)
        // Its end waits as well.
        shutdown(ends.function, CInt(SHUT_WR))
        shutdown(ends.outside, CInt(SHUT_WR))
        #expect(ends.splice.advance(&spare) && !ends.hasEnded)
        shortage.isOver = true
        #expect(!ends.splice.advance(&spare))
        #expect(ends.received() == bytes && ends.splice.bytes.out == bytes.count && ends.hasEnded)
    }

    @Test func `a pipe of one page, all that a system short of them gives, passes everything on`() throws {
        let ends = try Ends()
        var spare = SparePipes { SplicePipe(size: 1) }
        let bytes = Self.pattern(300_000)
        var (sent, got) = (0, [UInt8]())
        while got.count < bytes.count {
            sent += ends.send(bytes[sent...])
            try #require(ends.splice.advance(&spare))
            let more = ends.received()
            try #require(!more.isEmpty)
            got += more
        }
        #expect(got == bytes)
    }
}
