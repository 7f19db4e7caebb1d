import Core

extension StateVisit {
    /// The items of a map as a test sees them, with what is made of them noted: a reader's are those that the test gives.
    mutating func testedItems(
        _ map: MapBody, readerData: String?, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> [JSON] {
        var items: [JSON] = []
        if let reader = map.reader {
            if let readerData { items = try ItemData.items(in: Array(readerData.utf8), reader.configuration) }
            if readerData != nil, reader.configuration.itemsPointer != nil {
                inspection.afterItemsPointer = .array(items)
            }
        } else {
            items = try self.items(map, &evaluation)
        }
        guard map.itemSelector != nil || map.batcher != nil else { return items }
        let origin = try origin(map, &evaluation)
        var inputs: [JSON] = []
        for (index, item) in items.enumerated() {
            inputs.append(try itemInput(map, item, index: index, from: origin, &evaluation))
        }
        if map.itemSelector != nil { inspection.afterItemSelector = .array(inputs) }
        if let batcher = map.batcher {
            inspection.afterItemBatcher = .array(try batches(of: inputs, batcher, &evaluation))
        }
        return items
    }
}
