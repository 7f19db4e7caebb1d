/// Which versions an alias sends calls to, and how many of them to each.
///
/// At most one version beside the main one, as on AWS; both published.
package struct VersionRouting: Hashable, Sendable, Codable {
    /// A version beside the main one, and its part of the calls.
    package struct Additional: Hashable, Sendable, Codable {
        package let version: Int
        package let weight: Double
    }

    package let main: VersionNumber
    package let additional: Additional?

    /// Sends every call to one version.
    package init(_ main: VersionNumber) {
        self.main = main
        additional = nil
    }

    /// Sends a part of the calls, `weights` by version, to another version than the main one.
    package init(_ main: VersionNumber, weights: [Int: Double]) throws(ConfigurationError) {
        guard weights.count <= 1 else { throw .routingMalformed }
        guard let (version, weight) = weights.first else {
            self.main = main
            additional = nil
            return
        }
        guard main != .latest, main != .published(version), version > 0, (0...1).contains(weight) else {
            throw .routingMalformed
        }
        self.main = main
        additional = Additional(version: version, weight: weight)
    }

    /// The versions that calls may reach.
    package var versions: [VersionNumber] { additional.map { [main, .published($0.version)] } ?? [main] }

    /// The version for one call, by a number drawn from 0 up to but not 1.
    package func version(drawing number: Double) -> VersionNumber {
        guard let additional, number < additional.weight else { return main }
        return .published(additional.version)
    }
}
