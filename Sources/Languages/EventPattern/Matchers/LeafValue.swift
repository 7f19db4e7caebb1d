/// A value of an event that is neither an object nor an array.
///
/// Strings are compared decoded, everything else as it is written: `1` and `"1"` are different values.
enum LeafValue: Hashable, Sendable {
    case string([UInt8])
    case number([UInt8])
    /// `true`, `false` or `null`.
    case literal([UInt8])
}
