import CSandbox
import Glibc

/// A file in memory without a name, to hand content to another process.
enum MemoryFile {
    /// Makes one with this content.
    static func make(holding bytes: [UInt8]) throws(SandboxError) -> OwnedDescriptor {
        let raw = sandbox_memory_file()
        guard raw >= 0 else { throw .host(tried: "memory file", errno: errno) }
        let file = OwnedDescriptor(taking: raw)
        // SAFETY: as many bytes as there are; a file in memory takes them at once or not at all.
        guard unsafe pwrite(file.borrowed, bytes, bytes.count, 0) == bytes.count else {
            throw .host(tried: "write memory file", errno: errno)
        }
        return file
    }
}
