import JSONPath

/// Where a result is put.
package enum ResultPath: Hashable, Sendable {
    /// In place of the input: `$`, or no path at all.
    case whole
    /// Nowhere: `null`, which leaves the input.
    case nowhere
    case place(ReferencePath)
}
