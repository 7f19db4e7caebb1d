import Core

/// A layer as a whole: which versions it has; each is a record of its own.
package struct LayerState: Hashable, Sendable, Codable {
    /// The numbers of the versions that exist, ascending.
    package private(set) var versions: [Int] = []

    /// The highest number ever given: none is given twice.
    package private(set) var lastNumber = 0

    static let versionLimit = 10_000

    /// A layer without versions.
    package init() {}

    /// Gives the next version its number.
    package mutating func publish() throws(FunctionError) -> Int {
        guard versions.count < Self.versionLimit else { throw .tooMany(what: "versions", limit: Self.versionLimit) }
        lastNumber += 1
        versions.append(lastNumber)
        return lastNumber
    }

    /// Forgets a version; says whether it was there.
    package mutating func delete(_ version: Int) -> Bool {
        let before = versions.count
        versions.removeAll { $0 == version }
        return versions.count < before
    }
}

/// One version of a layer as it lies in the store.
package struct LayerVersion: Hashable, Sendable, Codable {
    package let number: Int
    package let description: String?
    package let license: String?
    package let runtimes: [String]
    package let architectures: [String]
    package let code: CodeReference
    package let created: Int64
    package var policy: ResourcePolicy?

    /// Whether a list that was asked for a runtime or a processor shows it.
    package func matches(runtime: String?, architecture: String?) -> Bool {
        (runtime.map(runtimes.contains) ?? true) && (architecture.map(architectures.contains) ?? true)
    }
}

/// What a caller publishes as a layer.
package struct NewLayer: Sendable {
    package var name: LayerName
    package var archive: [UInt8]
    package var description: String?
    package var license: String?
    package var runtimes: [String]
    package var architectures: [String]

    /// Names a layer and its content.
    package init(
        name: LayerName, archive: [UInt8], description: String? = nil, license: String? = nil,
        runtimes: [String] = [], architectures: [String] = []
    ) {
        self.name = name
        self.archive = archive
        self.description = description
        self.license = license
        self.runtimes = runtimes
        self.architectures = architectures
    }
}
