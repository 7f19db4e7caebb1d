/// What caused a request: the lineage it belongs to, and where in its trace the cause stands.
package struct Cause: Hashable, Sendable {
    package let lineage: LineageID
    package let trace: TraceContext

    /// Names a cause.
    package init(lineage: LineageID, trace: TraceContext) {
        self.lineage = lineage
        self.trace = trace
    }
}
