/// What caused a request: where in its lineage the request stands for it, and where in its trace the cause stands.
package struct Cause: Hashable, Sendable {
    /// Where that stands which is caused.
    package let descent: Descent
    package let trace: TraceContext

    /// Names a cause.
    package init(descent: Descent, trace: TraceContext) {
        self.descent = descent
        self.trace = trace
    }
}
