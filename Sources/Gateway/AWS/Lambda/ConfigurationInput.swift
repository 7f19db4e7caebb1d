import Core
import Platform

/// Reads what `CreateFunction` and `UpdateFunctionConfiguration` say about a function; what they do not say stays.
struct ConfigurationInput: Sendable {
    let input: WireValue

    /// The configuration of a new function.
    func create(_ name: FunctionName) throws(FunctionError) -> FunctionConfiguration {
        guard let runtime = input["Runtime"]?.string, let handler = input["Handler"]?.string, !handler.isEmpty else {
            throw .configuration(.handlerMalformed)
        }
        var configuration: FunctionConfiguration
        do {
            configuration = FunctionConfiguration(
                name: name, runtime: try Runtime(runtime), handler: handler,
                role: try RoleARN(input["Role"]?.string ?? ""))
            if let architecture = input["Architectures"]?.strings?.first {
                configuration.architecture = try Architecture(served: architecture)
            }
        } catch {
            throw .configuration(error)
        }
        try apply(to: &configuration)
        return configuration
    }

    /// Changes a configuration by what is said.
    func apply(to configuration: inout FunctionConfiguration) throws(FunctionError) {
        do {
            try applyBasics(to: &configuration)
            try applyLimits(to: &configuration)
            configuration.logging = try logging(instead: configuration.logging)
            if let layers = input["Layers"]?.strings {
                var references: [LayerReference] = []
                for layer in layers { references.append(try LayerReference(layer)) }
                configuration.layers = references
            }
        } catch {
            throw .configuration(error)
        }
        applySurroundings(to: &configuration.surroundings)
    }

    private func applyBasics(to configuration: inout FunctionConfiguration) throws(ConfigurationError) {
        if let runtime = input["Runtime"]?.string { configuration.runtime = try Runtime(runtime) }
        if let role = input["Role"]?.string { configuration.role = try RoleARN(role) }
        if let handler = input["Handler"]?.string {
            guard !handler.isEmpty, handler.utf8.count <= 128, !handler.contains(where: \.isWhitespace) else {
                throw .handlerMalformed
            }
            configuration.handler = handler
        }
        if let description = input["Description"]?.string {
            guard description.count <= 256, description.utf8.count <= 1024 else {
                throw .descriptionTooLong(limit: 256)
            }
            configuration.description = description
        }
        if let environment = input["Environment"] {
            configuration.environment = try FunctionEnvironment(environment.texts("Variables") ?? [:])
        }
        if let mode = input["TracingConfig"]?["Mode"]?.string.flatMap(TracingMode.init(rawValue:)) {
            configuration.tracing = mode
        }
    }

    private func applyLimits(to configuration: inout FunctionConfiguration) throws(ConfigurationError) {
        if let timeout = input["Timeout"]?.int { configuration.timeout = try FunctionTimeout(seconds: timeout) }
        if let memory = input["MemorySize"]?.int { configuration.memory = try MemorySize(megabytes: memory) }
        if let size = input["EphemeralStorage"]?["Size"]?.int {
            configuration.ephemeralStorage = try EphemeralStorage(megabytes: size)
        }
    }

    private func logging(instead old: LoggingConfiguration) throws(ConfigurationError) -> LoggingConfiguration {
        guard let new = input["LoggingConfig"] else { return old }
        let format = new["LogFormat"]?.string.flatMap(LoggingConfiguration.Format.init(rawValue:)) ?? old.format
        let kept = format == .json ? old : nil
        return try LoggingConfiguration(
            format: format,
            applicationLevel: new["ApplicationLogLevel"]?.string
                .flatMap(LoggingConfiguration.ApplicationLevel.init(rawValue:)) ?? kept?.applicationLevel,
            systemLevel: new["SystemLogLevel"]?.string
                .flatMap(LoggingConfiguration.SystemLevel.init(rawValue:)) ?? kept?.systemLevel,
            group: new["LogGroup"]?.string ?? old.group)
    }

    private func applySurroundings(to surroundings: inout Surroundings) {
        if let target = input["DeadLetterConfig"] {
            surroundings.deadLetterTarget = target["TargetArn"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        }
        if let network = input["VpcConfig"] {
            surroundings.subnets = network["SubnetIds"]?.strings ?? []
            surroundings.securityGroups = network["SecurityGroupIds"]?.strings ?? []
            surroundings.dualStack = network["Ipv6AllowedForDualStack"]?.bool
        }
        if let key = input["KMSKeyArn"]?.string { surroundings.keyARN = key.isEmpty ? nil : key }
        if let apply = input["SnapStart"]?["ApplyOn"]?.string { surroundings.snapStart = apply }
    }

    /// Refuses what would change how a function runs and is not served.
    func refuseUnserved() throws {
        try input.refuse("DurableConfig", "TenancyConfig", "CapacityProviderConfig", "CodeSigningConfigArn")
        try input.refuse("PublishTo")
        if input["PackageType"]?.string == "Image" {
            throw WireError.invalidParameter("The package type Image is not supported by this server: use Zip.")
        }
        if input["FileSystemConfigs"]?.list?.isEmpty == false {
            throw WireError.invalidParameter("FileSystemConfigs is not supported by this server.")
        }
        if input["ImageConfig"]?.fields?.isEmpty == false {
            throw WireError.invalidParameter(
                "Please don't provide ImageConfig when the intended function PackageType is Zip.")
        }
    }
}
