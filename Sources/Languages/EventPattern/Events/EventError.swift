import Core

/// Why an event could not be matched.
package enum EventError: Error, Hashable, Sendable {
    case notJSON(JSONError)
    case notAnObject
    /// Arrays of objects that could be combined in too many ways.
    case tooManyCombinations(limit: Int)
}
