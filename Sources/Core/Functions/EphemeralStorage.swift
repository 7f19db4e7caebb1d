/// How much an instance may keep in its `/tmp`: 512 to 10,240 MB of 2^20 bytes.
package struct EphemeralStorage: Hashable, Sendable, RawRepresentable, Codable {
    package let megabytes: Int

    /// What a function gets that does not ask.
    package static let standard = EphemeralStorage(verified: 512)

    /// Takes a size within AWS's bounds.
    package init(megabytes: Int) throws(ConfigurationError) {
        guard (512...10_240).contains(megabytes) else { throw .ephemeralStorageOutOfRange(megabytes) }
        self.megabytes = megabytes
    }

    package init?(rawValue: Int) {
        do { try self.init(megabytes: rawValue) } catch { return nil }
    }

    private init(verified: Int) { megabytes = verified }

    package var rawValue: Int { megabytes }

    package var bytes: Int { megabytes << 20 }
}
