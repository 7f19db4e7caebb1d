import Glibc

/// Reads the few bytes of a key's text from a descriptor.
enum KeyDescriptor {
    /// Reads to the end and closes the descriptor.
    static func readAll(_ descriptor: Int32) throws(KeySourceError) -> [UInt8] {
        defer { close(descriptor) }
        var text: [UInt8] = []
        while try readSome(descriptor, into: &text) {}
        return text
    }

    /// Reads what is there; `false` at the end.
    static func readSome(_ descriptor: Int32, into text: inout [UInt8]) throws(KeySourceError) -> Bool {
        var buffer = [UInt8](repeating: 0, count: KeySource.sizeLimit + 1)
        defer { buffer.wipe() }
        // SAFETY: the buffer outlives the call and its length goes with it.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        if count < 0 {
            guard errno == EINTR else { throw .system(operation: "read", errno: errno) }
            return true
        }
        text.append(contentsOf: buffer.prefix(count))
        guard text.count <= KeySource.sizeLimit else {
            text.wipe()
            throw .tooLong(limit: KeySource.sizeLimit)
        }
        return count > 0
    }
}
