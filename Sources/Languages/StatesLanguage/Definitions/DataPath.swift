/// Which part of the data goes on.
package enum DataPath: Sendable {
    /// All of it: `$`, or no path at all.
    case whole
    /// Nothing: `null`, which leaves an empty object.
    case nothing
    case path(PathExpression)
}
