/// An evaluation looked at more nodes than it may.
package struct PathLimitExceeded: Error, Hashable, Sendable {
    package let limit: Int

    /// Says how many nodes there may be.
    package init(limit: Int = PathLimits.work) { self.limit = limit }
}
