/// What is done with each of many items.
package struct MapBody: Sendable {
    /// Whether the items are dealt with in the execution itself, or in executions of their own.
    package enum Mode: String, Hashable, Sendable {
        case inline = "INLINE"
        case distributed = "DISTRIBUTED"
    }

    package var processor: Flow
    package var mode: Mode = .inline
    /// `STANDARD` or `EXPRESS`, for executions of their own.
    package var executionType: String?
    package var items: ItemSource = .input
    package var itemSelector: Template?
    package var reader: ItemReader?
    package var batcher: ItemBatcher?
    package var writer: ResultWriter?
    /// 0 is as many as there may be.
    package var maximumConcurrency: Setting<Int>?
    package var toleratedFailureCount: Setting<Int>?
    package var toleratedFailurePercentage: Setting<Double>?
    package var label: String?

    /// Takes what is done with an item; everything else has a default.
    package init(processor: Flow) { self.processor = processor }
}
