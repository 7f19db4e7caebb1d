import CZlib

/// What is packed in a file of gzip (RFC 1952), as the inventories of buckets are.
enum GzipContent {
    /// Why nothing comes out.
    enum Fault: Error, Equatable {
        case corrupt
        /// It would be more bytes than are wanted.
        case tooLarge
    }

    private static let pieceSize = 65_536
    /// A header of gzip's and not zlib's own is expected.
    private static let windowBits = MAX_WBITS + 16

    /// The bytes that are packed, of all members one after the other; at most `limit` of them.
    static func bytes(of packed: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
        guard !packed.isEmpty else { throw .corrupt }
        guard let count = UInt32(exactly: packed.count) else { throw .tooLarge }
        // SAFETY: a zeroed stream is what zlib asks for; it is ended below and its pointers are set before each use.
        var stream = unsafe z_stream()
        guard unsafe inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .corrupt
        }
        defer {
            // SAFETY: initialised above.
            unsafe inflateEnd(&stream)
        }
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceSize)
        // SAFETY: the array lives during the closure, and its length goes with it; zlib does not write to its input.
        let fault: Fault? = unsafe packed.withUnsafeBytes { input in
            unsafe stream.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            unsafe stream.avail_in = count
            while true {
                // SAFETY: the piece lives during the closure, and its length goes with it.
                let (status, produced) = unsafe piece.withUnsafeMutableBufferPointer { buffer in
                    unsafe stream.next_out = buffer.baseAddress
                    unsafe stream.avail_out = UInt32(buffer.count)
                    let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                    return (status, unsafe buffer.count - Int(stream.avail_out))
                }
                guard status == Z_STREAM_END || status == Z_OK && produced > 0 else { return .corrupt }
                guard output.count + produced <= limit else { return .tooLarge }
                output += piece[..<produced]
                guard status == Z_STREAM_END else { continue }
                // SAFETY: the stream is in use until it is ended; another member may follow.
                if unsafe stream.avail_in == 0 { return nil }
                guard unsafe inflateReset(&stream) == Z_OK else { return .corrupt }
            }
        }
        if let fault { throw fault }
        return output
    }
}
