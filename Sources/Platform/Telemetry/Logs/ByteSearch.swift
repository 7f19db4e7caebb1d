import Glibc

extension ArraySlice<UInt8> {
    /// How many bytes stand before the first occurrence of some others; `nil` where they do not occur.
    func firstOffset(of term: [UInt8]) -> Int? {
        guard let initial = term.first else { return 0 }
        // SAFETY: both arrays live during the closures, and no pointer is moved beyond their lengths.
        return unsafe withUnsafeBytes { whole in
            unsafe term.withUnsafeBytes { part -> Int? in
                guard let start = whole.baseAddress, let wanted = part.baseAddress else { return nil }
                var offset = 0
                while offset + part.count <= whole.count {
                    let room = whole.count - part.count - offset + 1
                    guard let hit = unsafe memchr(start + offset, Int32(initial), room) else { return nil }
                    offset = unsafe start.distance(to: UnsafeRawPointer(hit))
                    if unsafe memcmp(start + offset, wanted, part.count) == 0 { return offset }
                    offset += 1
                }
                return nil
            }
        }
    }
}
