import Core

/// What a caller creates.
package struct NewFunction: Sendable {
    package var name: FunctionName
    package var configuration: FunctionConfiguration
    package var archive: [UInt8]
    package var tags: [String: String]
    package var publish: Bool

    /// Names a function, and what it runs.
    package init(
        name: FunctionName, configuration: FunctionConfiguration, archive: [UInt8], tags: [String: String] = [:],
        publish: Bool = false
    ) {
        self.name = name
        self.configuration = configuration
        self.archive = archive
        self.tags = tags
        self.publish = publish
    }
}

/// New code for a function.
package struct CodeChange: Sendable {
    package var archive: [UInt8]
    package var architecture: Architecture?
    package var publish = false
    package var dryRun = false
    package var expectedRevision: String?

    /// Replaces the code, unless told more.
    package init(archive: [UInt8]) { self.archive = archive }
}

/// A function as `GetFunction` shows it: one version, and what holds for all of them.
package struct FunctionDescription: Sendable {
    package let version: FunctionVersion
    package let tags: [String: String]
    package let reservedConcurrency: Int?
}
