/// The environment variables that a function's owner sets: at most 4 KB, no reserved name.
///
/// Often secrets, so the value prints as a count only, and it lies in the store sealed.
package struct FunctionEnvironment: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let variables: [String: String]

    /// No variable at all.
    package static let empty = FunctionEnvironment(verified: [:])

    /// Most bytes of names and values together.
    package static let byteLimit = 4096

    /// Takes variables whose names are identifiers that the platform does not set itself.
    package init(_ variables: [String: String]) throws(ConfigurationError) {
        let reserved = variables.keys.filter(Self.reserved.contains).sorted()
        guard reserved.isEmpty else { throw .environmentReserved(reserved) }
        var bytes = 0
        for (name, value) in variables {
            guard Self.isName(name) else { throw .environmentNameMalformed(name) }
            guard !value.utf8.contains(0) else { throw .environmentValueMalformed(name: name) }
            bytes += name.utf8.count + value.utf8.count
        }
        guard bytes <= Self.byteLimit else { throw .environmentTooLarge(bytes: bytes, limit: Self.byteLimit) }
        self.variables = variables
    }

    private init(verified: [String: String]) { variables = verified }

    package var description: String { "\(variables.count) environment variables" }
    package var debugDescription: String { description }

    /// `[a-zA-Z]([a-zA-Z0-9_])+`, as the service model says.
    private static func isName(_ name: String) -> Bool {
        guard name.utf8.count >= 2, let first = name.utf8.first, isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

    /// Source: AWS Lambda developer guide, "Defined runtime environment variables", the reserved ones.
    private static let reserved: Set<String> = [
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
    ]
}

extension FunctionEnvironment: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init([String: String](from: decoder))
    }

    package func encode(to encoder: any Encoder) throws { try variables.encode(to: encoder) }
}
