/// How much memory an instance of a function may use: 128 to 10,240 MB of 2^20 bytes.
package struct MemorySize: Hashable, Sendable, Comparable, RawRepresentable, Codable {
    package let megabytes: Int

    /// What a function gets that does not ask.
    package static let standard = MemorySize(verified: 128)

    /// Takes a size within AWS's bounds.
    package init(megabytes: Int) throws(ConfigurationError) {
        guard (128...10_240).contains(megabytes) else { throw .memoryOutOfRange(megabytes) }
        self.megabytes = megabytes
    }

    package init?(rawValue: Int) {
        do { try self.init(megabytes: rawValue) } catch { return nil }
    }

    private init(verified: Int) { megabytes = verified }

    package var rawValue: Int { megabytes }

    package var bytes: Int { megabytes << 20 }

    /// Orders sizes.
    package static func < (left: MemorySize, right: MemorySize) -> Bool { left.megabytes < right.megabytes }
}
