/// Where a distributed map writes its results to, and in what form.
package struct ResultWriter: Sendable {
    package let resource: String?
    /// `Parameters` or `Arguments`.
    package let parameters: Template?
    /// `NONE`, `COMPACT` or `FLATTEN`.
    package let transformation: String?
    /// `JSON` or `JSONL`.
    package let outputType: String?
}
