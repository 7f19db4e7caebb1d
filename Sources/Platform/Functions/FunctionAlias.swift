import Core

/// A name that points to a version of a function, or to two by weight.
package struct FunctionAlias: Hashable, Sendable, Codable {
    package var routing: VersionRouting
    package var description: String
    package var revision: String
}

/// What a caller wants to change about an alias; what is `nil` stays.
package struct AliasChange: Sendable {
    package var version: VersionNumber?
    package var weights: [Int: Double]?
    package var description: String?
    package var expectedRevision: String?

    /// Changes nothing yet.
    package init(
        version: VersionNumber? = nil, weights: [Int: Double]? = nil, description: String? = nil,
        expectedRevision: String? = nil
    ) {
        self.version = version
        self.weights = weights
        self.description = description
        self.expectedRevision = expectedRevision
    }
}
