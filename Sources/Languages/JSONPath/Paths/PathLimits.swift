/// The bounds that keep hostile paths and documents in their place.
package enum PathLimits {
    /// How long a path may be, in Unicode scalars.
    package static let length = 16_384
    /// How deep parentheses, functions and queries in filters may nest.
    package static let depth = 32
    /// How many nodes one evaluation may look at, filters included.
    package static let work = 1_000_000
    /// The largest index and slice bound: what RFC 7493 says every reader of JSON keeps exactly.
    static let integer = 9_007_199_254_740_991
    /// How many instructions a regular expression may become.
    static let program = 4_096
    /// How many steps over all characters one regular expression may take.
    static let matching = 20_000_000
}
