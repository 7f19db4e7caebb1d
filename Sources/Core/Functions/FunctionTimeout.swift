/// How long one invocation may take: 1 to 900 seconds.
package struct FunctionTimeout: Hashable, Sendable, RawRepresentable, Codable {
    package let seconds: Int

    /// What a function gets that does not ask.
    package static let standard = FunctionTimeout(verified: 3)

    /// Takes a time within AWS's bounds.
    package init(seconds: Int) throws(ConfigurationError) {
        guard (1...900).contains(seconds) else { throw .timeoutOutOfRange(seconds) }
        self.seconds = seconds
    }

    package init?(rawValue: Int) {
        do { try self.init(seconds: rawValue) } catch { return nil }
    }

    private init(verified: Int) { seconds = verified }

    package var rawValue: Int { seconds }

    package var duration: Duration { .seconds(seconds) }
}
