/// Where the items of a map come from, if no reader reads them.
package enum ItemSource: Sendable {
    case input
    /// `ItemsPath` of JSONPath.
    case path(PathExpression)
    /// `Items` of JSONata.
    case items(Template)
}
