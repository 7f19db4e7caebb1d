/// How data goes into a state and out of it.
///
/// The first five fields are those of JSONPath, in the order they apply; the next two are those of JSONata.
package struct DataFields: Sendable {
    package var inputPath: DataPath = .whole
    package var parameters: Template?
    package var resultSelector: Template?
    package var resultPath: ResultPath = .whole
    package var outputPath: DataPath = .whole
    package var arguments: Template?
    package var output: Template?
    package var assign: Template?

    /// Has no field: data passes through.
    package init() {}
}
