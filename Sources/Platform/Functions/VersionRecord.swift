import Core

/// One version of a function as it lies in the store.
package struct VersionRecord: Hashable, Sendable, Codable {
    package var configuration: FunctionConfiguration
    package var code: CodeReference

    /// What the layers' ARNs stood for when they were set: a layer deleted later still runs.
    package var layerCode: [CodeReference]
    package var revision: String
    package var lastModified: Int64

    /// What publishing said of this version, in place of the configuration's description.
    package var label: String?

    /// Most bytes of code and layers together, unpacked.
    package static let unpackedLimit = 262_144_000

    /// Puts a version together; its code and layers must unpack to no more than 250 MiB.
    package init(
        configuration: FunctionConfiguration, code: CodeReference, layerCode: [CodeReference], stamp: ChangeStamp
    ) throws(FunctionError) {
        let size = layerCode.reduce(code.unpackedSize) { $0 + $1.unpackedSize }
        guard size <= Self.unpackedLimit else {
            throw .unpackedTooLarge(limit: Self.unpackedLimit, actual: size)
        }
        self.configuration = configuration
        self.code = code
        self.layerCode = layerCode
        revision = stamp.revision
        lastModified = stamp.time.milliseconds
    }

    /// Whether publishing one after the other would say nothing new.
    package func hasContent(of other: VersionRecord) -> Bool {
        configuration == other.configuration && code.sha256 == other.code.sha256
    }
}

/// When a change was made, and the revision it makes: never the same twice.
package struct ChangeStamp: Sendable {
    package let revision: String
    package let time: Instant

    /// A change made now.
    package static var now: ChangeStamp { ChangeStamp(revision: RequestID().description, time: .now) }

    /// Names a change.
    package init(revision: String, time: Instant) {
        self.revision = revision
        self.time = time
    }
}
