/// An operation of one of the platform's services, as AWS's SDKs spell the two: `eventbridge` and `putEvents`.
///
/// Source: EventBridge Scheduler user guide, "Using universal targets"; Step Functions developer guide, "AWS SDK service
/// integrations".
package struct ServedOperation: Hashable, Sendable, CustomStringConvertible {
    package let service: String
    package let action: String

    private static let nameLimit = 128

    /// Parses `eventbridge:putEvents`; `nil` for what can be the name of no operation.
    package init?(_ text: Substring) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isName(parts[0]), Self.isName(parts[1]),
            parts[0].utf8.allSatisfy({ !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }),
            let first = parts[1].utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        else { return nil }
        service = String(parts[0])
        action = String(parts[1])
    }

    /// The operation that a universal target of a schedule names: `arn:aws:scheduler:::aws-sdk:SERVICE:ACTION`.
    package init?(universalTarget arn: String) {
        let prefix = "arn:aws:scheduler:::aws-sdk:"
        guard arn.hasPrefix(prefix) else { return nil }
        self.init(arn.dropFirst(prefix.count))
    }

    package var description: String { "\(service):\(action)" }

    /// Whether the operation only reads: a schedule, for which nobody waits, has no use for it.
    ///
    /// Source: EventBridge Scheduler user guide, "Using universal targets", unsupported API actions.
    package var isRead: Bool { Self.reads.contains { action.hasPrefix($0) } }

    private static let reads = [
        "get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read", "lookup", "discover",
        "validate", "batchGet", "batchDescribe", "batchRead", "transactGet", "adminGet", "adminList", "testMigration",
        "retrieve", "testConnection", "translateDocument", "isAuthorized", "invokeModel",
    ]

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= nameLimit
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}
