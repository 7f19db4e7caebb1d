/// What a function's owner sets: everything but the code.
///
/// Every field is checked when it is made; those that only describe AWS's own surroundings are kept and returned.
package struct FunctionConfiguration: Hashable, Sendable, Codable {
    package var runtime: Runtime
    package var handler: String?
    package var role: RoleARN
    package var description: String
    package var timeout: FunctionTimeout
    package var memory: MemorySize
    package var ephemeralStorage: EphemeralStorage
    package var environment: FunctionEnvironment
    package var layers: [LayerReference]
    package var logging: LoggingConfiguration
    package var tracing: TracingMode
    package var architecture: Architecture
    package var surroundings: Surroundings

    /// A function that asks for nothing beyond what it must say.
    package init(name: FunctionName, runtime: Runtime, handler: String?, role: RoleARN) {
        self.runtime = runtime
        self.handler = handler
        self.role = role
        description = ""
        timeout = .standard
        memory = .standard
        ephemeralStorage = .standard
        environment = .empty
        layers = []
        logging = LoggingConfiguration(standardFor: name)
        tracing = .passThrough
        architecture = .host
        surroundings = Surroundings()
    }

    /// Most layers of one function.
    package static let layerLimit = 5
}

/// Whether requests are traced by the platform, or only those that a caller traces.
package enum TracingMode: String, Hashable, Sendable, Codable {
    case active = "Active"
    case passThrough = "PassThrough"
}

/// The processor that a function's code is made for.
package enum Architecture: String, Hashable, Sendable, Codable {
    case x86 = "x86_64"
    case arm = "arm64"

    #if arch(arm64)
        /// What this machine is.
        package static let host = Architecture.arm
    #else
        /// What this machine is.
        package static let host = Architecture.x86
    #endif

    /// Takes only what this machine can run.
    package init(served text: String) throws(ConfigurationError) {
        guard let named = Architecture(rawValue: text), named == .host else { throw .architectureNotServed(text) }
        self = named
    }
}

/// Settings beside what runs: where failed events go; and what means something to AWS's own network and keys, which is
/// kept, returned, and without effect here.
package struct Surroundings: Hashable, Sendable, Codable {
    /// The ARN of the queue or topic for events that the function failed on.
    package var deadLetterTarget: String?
    package var subnets: [String] = []
    package var securityGroups: [String] = []
    package var dualStack: Bool?
    package var keyARN: String?
    package var snapStart: String?

    /// None set.
    package init() {}
}
