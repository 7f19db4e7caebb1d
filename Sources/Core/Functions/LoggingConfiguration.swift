/// Where a function's log lines go, in which form, and from which level on.
package struct LoggingConfiguration: Hashable, Sendable, Codable {
    /// Plain lines, or one JSON object a line.
    package enum Format: String, Hashable, Sendable, Codable {
        case text = "Text"
        case json = "JSON"
    }

    /// The least level of the function's own lines that is kept.
    package enum ApplicationLevel: String, Hashable, Sendable, Codable {
        case trace = "TRACE"
        case debug = "DEBUG"
        case info = "INFO"
        case warn = "WARN"
        case error = "ERROR"
        case fatal = "FATAL"
    }

    /// The least level of the platform's lines that is kept.
    package enum SystemLevel: String, Hashable, Sendable, Codable {
        case debug = "DEBUG"
        case info = "INFO"
        case warn = "WARN"
    }

    package let format: Format
    package let applicationLevel: ApplicationLevel?
    package let systemLevel: SystemLevel?
    package let group: String

    /// Levels exist only with JSON, where they default to INFO.
    package init(
        format: Format, applicationLevel: ApplicationLevel? = nil, systemLevel: SystemLevel? = nil, group: String
    ) throws(ConfigurationError) {
        guard (1...512).contains(group.utf8.count), group.utf8.allSatisfy(Self.isGroupByte) else {
            throw .logGroupMalformed(group)
        }
        guard format == .json || (applicationLevel == nil && systemLevel == nil) else { throw .logLevelNeedsJSON }
        self.format = format
        self.applicationLevel = format == .json ? applicationLevel ?? .info : nil
        self.systemLevel = format == .json ? systemLevel ?? .info : nil
        self.group = group
    }

    /// Text lines into `/aws/lambda/NAME`.
    package init(standardFor name: FunctionName) {
        format = .text
        applicationLevel = nil
        systemLevel = nil
        group = "/aws/lambda/\(name)"
    }

    /// `[\.\-_/#A-Za-z0-9]+`, as the service model says.
    private static func isGroupByte(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF) || (0x30...0x39).contains(byte) || ".-_/#".utf8.contains(byte)
    }
}
