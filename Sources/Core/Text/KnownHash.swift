/// A hash that is computed once, for values that are looked up many times in their life.
///
/// Good in one process only, as every hash is; equal values must be given equal parts.
package struct KnownHash: Hashable, Sendable {
    private let value: Int

    /// Hashes the parts.
    package init(_ parts: any Hashable...) {
        var hasher = Hasher()
        for part in parts { part.hash(into: &hasher) }
        value = hasher.finalize()
    }

    /// Costs the same however large the value is.
    package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
