import Core

extension WireError {
    /// A refused value of a configuration in AWS's words.
    init(_ error: ConfigurationError) {
        switch error {
        case .runtimeUnknown(let name):
            self = .invalidParameter(
                "Value \(name.prefix(64)) at 'runtime' failed to satisfy constraint: Member must satisfy enum value "
                    + "set: [\(Runtime.served.joined(separator: ", "))] or be a valid ARN")
        case .runtimeDeprecated(let name):
            self = .invalidParameter(
                "The runtime parameter of \(name) is no longer supported for creating or updating AWS Lambda "
                    + "functions. We recommend you use a supported runtime while creating or updating functions.")
        case .runtimeNotServed(let name):
            self = .invalidParameter(
                "The runtime \(name.prefix(64)) is not provided by this server. Use a custom runtime "
                    + "(provided.al2023) that carries it.")
        case .memoryOutOfRange(let value): self = .outOfRange(value, "memorySize", 128, 10_240)
        case .timeoutOutOfRange(let value): self = .outOfRange(value, "timeout", 1, 900)
        case .ephemeralStorageOutOfRange(let value): self = .outOfRange(value, "ephemeralStorage.size", 512, 10_240)
        case .processorShareMalformed(let text):
            self = .invalidParameter(
                "The tag \(ProcessorShare.tag) must be a number of processor cores from 0.01 to 256, such as 0.5; it is "
                    + "'\(text.prefix(64))'.")
        case .handlerMalformed:
            self = .invalidParameter(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.")
        case .roleMalformed(let text): self = .invalidParameter("'\(text.prefix(256))' is not the ARN of a role.")
        case .environmentNameMalformed, .environmentValueMalformed, .environmentReserved, .environmentTooLarge:
            self.init(environment: error)
        case .layerMalformed(let text): self = .invalidParameter("'\(text.prefix(256))' is not a layer version ARN.")
        case .tooManyLayers(let limit): self = .invalidParameter("Cannot reference more than \(limit) layers.")
        case .layerRepeated(let arn):
            self = .invalidParameter(
                "Two different versions of the same layer are not allowed to be referenced in the same function: "
                    + arn)
        case .logGroupMalformed(let text):
            self = .invalidParameter("'\(text.prefix(256))' is not the name of a log group.")
        case .logLevelNeedsJSON:
            self = .invalidParameter("Log levels can be set only with the JSON log format.")
        case .architectureNotServed(let name):
            self = .invalidParameter(
                "The architecture \(name.prefix(32)) is not what this machine runs, which is "
                    + "\(Architecture.host.rawValue).")
        case .descriptionTooLong(let limit):
            self = .invalidParameter("The description has more than \(limit) characters.")
        case .targetMalformed(let text): self = .invalidParameter("'\(text.prefix(256))' is not an ARN.")
        case .routingMalformed:
            self = .invalidParameter(
                "An alias routes to one more published version than its own, with a weight from 0 to 1; its own "
                    + "version must be published too.")
        }
    }

    private init(environment error: ConfigurationError) {
        let beginning =
            "Lambda was unable to configure your environment variables because the environment variables you have "
            + "provided "
        switch error {
        case .environmentReserved(let names):
            self = .invalidParameter(
                beginning + "contains reserved keys that are currently not supported for modification. Reserved keys "
                    + "used in this request: \(names.joined(separator: ", "))")
        case .environmentTooLarge(let bytes, let limit):
            self = .invalidParameter(
                beginning + "exceeded the \(limit / 1024)KB limit: they measure \(bytes) bytes.")
        case .environmentNameMalformed(let name):
            self = .invalidParameter(
                beginning + "contain the name '\(name.prefix(64))', which is not a letter followed by letters, digits "
                    + "and underscores.")
        default: self = .invalidParameter(beginning + "contain a NUL character in a value.")
        }
    }

    private static func outOfRange(_ value: Int, _ name: String, _ least: Int, _ most: Int) -> WireError {
        let bound =
            value < least ? "greater than or equal to \(least)" : "less than or equal to \(most)"
        return .invalidParameter(
            "1 validation error detected: Value '\(value)' at '\(name)' failed to satisfy constraint: Member must have "
                + "value \(bound)")
    }
}
