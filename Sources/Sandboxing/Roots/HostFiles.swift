import Glibc

/// Questions about the host's file system that decide what a runtime root is made of.
enum HostFiles {
    /// Whether something is at `path`, symbolic links followed.
    static func exists(_ path: String) -> Bool {
        // SAFETY: a string that lives for the call.
        unsafe access(path, F_OK) == 0
    }

    /// Whether this process may write to what is at `path`.
    static func isWritable(_ path: String) -> Bool {
        // SAFETY: a string that lives for the call.
        unsafe access(path, W_OK) == 0
    }

    /// Writes a short text into a file of the kernel, which takes it at once or not at all.
    static func write(_ text: String, to path: String) -> Bool {
        // SAFETY: a string that lives for the call.
        let file = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        let descriptor = OwnedDescriptor(taking: file)
        let bytes = Array(text.utf8)
        // SAFETY: as many bytes as there are.
        return unsafe Glibc.write(descriptor.borrowed, bytes, bytes.count) == bytes.count
    }

    /// Where a symbolic link points to; `nil` for anything else.
    static func link(_ path: String) -> String? {
        let room = 4096
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            // SAFETY: the buffer has the room it says, and what was written is counted.
            count = unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                guard let start = text.baseAddress else { return 0 }
                return max(0, unsafe readlink(path, start, room))
            }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// The path with every symbolic link resolved; `nil` where there is nothing.
    static func resolved(_ path: String) -> String? {
        // SAFETY: the call allocates the result, which is freed here.
        guard let found = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    /// The names in a folder; none where it cannot be read.
    static func names(in folder: String) -> [String] {
        // SAFETY: the folder stays open while its entries are read; each name is copied at once.
        guard let opened = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(opened) }
        var names: [String] = []
        while let entry = unsafe readdir(opened) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The text of a small file; empty where it cannot be read.
    static func text(_ path: String) -> String {
        // SAFETY: a string that lives for the call.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        let descriptor = OwnedDescriptor(taking: file)
        var bytes: [UInt8] = []
        while true {
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 16384) { buffer, count in
                // SAFETY: the buffer has the room it says, and what was read is counted.
                count = max(0, unsafe read(descriptor.borrowed, buffer.baseAddress, buffer.count))
            }
            if piece.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece
        }
    }
}
