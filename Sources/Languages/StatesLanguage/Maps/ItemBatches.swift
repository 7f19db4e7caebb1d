import Core

/// Puts the inputs of a distributed map together, several for each child execution.
enum ItemBatches {
    /// Batches of at most so many items and so many bytes; at least one item is in each.
    ///
    /// An item that alone is larger than the bytes allow fails with `States.ItemReaderFailed`.
    static func batches(
        of items: [JSON], maximumItems: Int?, maximumBytes: Int?, input: JSON?
    ) throws(StateFailure) -> [JSON] {
        let most = min(maximumBytes ?? LanguageLimits.payload, LanguageLimits.payload)
        let base = batch([], input).serialized.count
        var batches: [JSON] = []
        var held: [JSON] = []
        var size = base
        for item in items {
            guard let itemSize = Payload.size(of: item, limit: most), base + itemSize <= most else {
                throw StateFailure(
                    reported: ErrorName.itemReaderFailed, cause: "An item exceeds the bytes of a batch (\(most)).")
            }
            if !held.isEmpty, held.count >= maximumItems ?? Int.max || size + itemSize + 1 > most {
                batches.append(batch(held, input))
                held = []
                size = base
            }
            held.append(item)
            size += itemSize + 1
        }
        if !held.isEmpty { batches.append(batch(held, input)) }
        return batches
    }

    private static func batch(_ items: [JSON], _ input: JSON?) -> JSON {
        var members = JSONObject()
        if let input { members["BatchInput"] = input }
        members["Items"] = .array(items)
        return .object(members)
    }
}
