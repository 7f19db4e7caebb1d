import CZlib

/// Gives the contents of one entry piece by piece, and checks their size and checksum.
struct CodeArchiveInflater: ~Copyable {
    private static let pieceSize = 65_536

    private let entry: CodeArchiveEntry
    private var size = 0
    private var checksum: UInt = 0

    /// Passes the contents to `body`, never more bytes than the entry declares.
    static func inflate(
        _ entry: CodeArchiveEntry, of bytes: [UInt8],
        _ body: (UnsafeRawBufferPointer) throws(CodeArchiveError) -> Void
    ) throws(CodeArchiveError) {
        var inflater = CodeArchiveInflater(entry: entry)
        // SAFETY: the slice of the array lives during the closure; its bounds were checked when the archive was opened.
        let result: Result<Void, CodeArchiveError> = unsafe bytes.withUnsafeBytes { whole in
            Result { () throws(CodeArchiveError) in
                let data = unsafe UnsafeRawBufferPointer(rebasing: whole[entry.data])
                switch entry.method {
                case .stored: try unsafe inflater.take(data, body)
                case .deflated: try unsafe inflater.inflate(data, body)
                }
            }
        }
        try result.get()
        try inflater.finish()
    }

    private init(entry: CodeArchiveEntry) { self.entry = entry }

    private mutating func take(
        _ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(CodeArchiveError) -> Void
    ) throws(CodeArchiveError) {
        size += piece.count
        guard size <= entry.size else { throw .entry(name: entry.name, .badSize) }
        // SAFETY: the piece is valid during the call and its length goes with it.
        checksum = unsafe crc32_z(checksum, piece.baseAddress?.assumingMemoryBound(to: UInt8.self), piece.count)
        try unsafe body(piece)
    }

    private consuming func finish() throws(CodeArchiveError) {
        guard size == entry.size else { throw .entry(name: entry.name, .badSize) }
        guard size == 0 || checksum == UInt(entry.checksum) else { throw .entry(name: entry.name, .badChecksum) }
    }

    private mutating func inflate(
        _ data: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(CodeArchiveError) -> Void
    ) throws(CodeArchiveError) {
        // SAFETY: a zeroed stream is what zlib asks for; it is ended below and its pointers are set before each use.
        var stream = unsafe z_stream()
        let streamSize = unsafe Int32(MemoryLayout<z_stream>.size)
        // Negative window bits: raw deflate, without zlib's own header.
        guard unsafe inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, streamSize) == Z_OK else {
            throw .entry(name: entry.name, .system(operation: "inflate", errno: 0))
        }
        defer {
            // SAFETY: initialised above.
            unsafe inflateEnd(&stream)
        }
        // SAFETY: zlib does not write to its input, whatever its type says.
        unsafe stream.next_in = UnsafeMutablePointer(
            mutating: data.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.avail_in = UInt32(data.count)
        // SAFETY: freed below; zlib writes no more than it is told there is room.
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
        defer {
            // SAFETY: allocated above.
            unsafe output.deallocate()
        }
        var ended = false
        while !ended {
            unsafe stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.avail_out = UInt32(output.count)
            // SAFETY: both pointers were set with their lengths.
            let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
            let produced = unsafe output.count - Int(stream.avail_out)
            ended = status == Z_STREAM_END
            guard ended || status == Z_OK && produced > 0 else { throw .entry(name: entry.name, .corrupt) }
            try unsafe take(UnsafeRawBufferPointer(rebasing: output[..<produced]), body)
        }
        guard unsafe stream.avail_in == 0 else { throw .entry(name: entry.name, .corrupt) }
    }
}
