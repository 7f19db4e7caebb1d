import Glibc

/// Reads the most memory that a sandbox has used, in bytes, off the file that its control group keeps.
final class MemoryPeak {
    private let descriptor: CInt

    /// Takes the descriptor over; there is nothing to read where it is negative.
    init?(descriptor: CInt) {
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The value now; `nil` where the group is gone.
    func read() -> Int? {
        var text = InlineArray<24, UInt8>(repeating: 0)
        var span = text.mutableSpan
        // SAFETY: at most as many bytes are read as the array holds.
        let count = unsafe span.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        var value = 0
        for index in 0..<count {
            guard (0x30...0x39).contains(text[index]) else { break }
            value = value * 10 + Int(text[index] - 0x30)
        }
        return value
    }
}
