import Core
import JSONPath

extension StateVisit {
    /// The items of a map that no reader reads; the members of an object are pairs, where they have executions of their own.
    mutating func items(_ map: MapBody, _ evaluation: inout Evaluation) throws(StateFailure) -> [JSON] {
        let effective = try effectiveInput(&evaluation)
        let seen = scope.with(document: effective)
        switch map.items {
        case .input: return try Self.items(effective, "$", map.mode)
        case .path(let path):
            guard let value = try path.value(in: seen, &evaluation) else {
                throw Self.noArray(path.text)
            }
            let items = try Self.items(value, path.text, map.mode)
            inspection.afterItemsPath = value
            return items
        case .items(let template):
            let value = try template.value(in: seen, input: input, &evaluation)
            if let items = Self.items(value, map.mode) { return items }
            guard case .jsonata(let snippet) = template else { throw Self.noArray("Items") }
            throw snippet.mismatch(value, expected: "array")
        }
    }

    private static func items(_ value: JSON, _ path: String, _ mode: MapBody.Mode) throws(StateFailure) -> [JSON] {
        guard let items = items(value, mode) else { throw noArray(path) }
        return items
    }

    private static func items(_ value: JSON, _ mode: MapBody.Mode) -> [JSON]? {
        switch value {
        case .array(let items): items
        case .object(let members) where mode == .distributed: members.members.map(ItemOrigin.pair)
        default: nil
        }
    }

    /// Where the items that `items` gives come from.
    func origin(_ map: MapBody, _ evaluation: inout Evaluation) throws(StateFailure) -> ItemOrigin {
        guard map.mode == .distributed else { return ItemOrigin() }
        var visit = self
        if let reader = map.reader {
            let seen = scope.with(document: try visit.effectiveInput(&evaluation))
            let arguments = try reader.parameters?.value(in: seen, input: input, &evaluation)
            return ItemOrigin(reader, arguments)
        }
        let effective = try visit.effectiveInput(&evaluation)
        let value: JSON? =
            switch map.items {
            case .input: effective
            case .path(let path): try path.value(in: scope.with(document: effective), &evaluation)
            case .items(let template):
                try template.value(in: scope.with(document: effective), input: input, &evaluation)
            }
        return ItemOrigin(isKeyed: value?.object != nil)
    }

    private static func noArray(_ path: String) -> StateFailure {
        StateFailure(ErrorName.runtime, "Reference path \"\(path)\" must point to array.")
    }

    /// The input of what is done with one item.
    mutating func itemInput(
        _ map: MapBody, _ item: JSON, index: Int, from origin: ItemOrigin = ItemOrigin(), _ evaluation: inout Evaluation
    ) throws(StateFailure) -> JSON {
        guard let selector = map.itemSelector else { return item }
        var seen = scope.with(document: try effectiveInput(&evaluation))
        seen.context = Self.context(scope.context, item: item, index: index, from: origin)
        let value = try selector.value(in: seen, input: input, &evaluation)
        try Payload.check(value, "the input of an iteration")
        return value
    }

    /// The inputs of child executions for items from a place on: selected, and put together where that is asked for.
    ///
    /// As many are made as fit in `inputBytes`, so that a million of them need not be held; `next` is the first item
    /// that is left.
    func childInputs(
        _ map: MapBody, _ items: [JSON], from start: Int, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> (inputs: [JSON], next: Int) {
        var visit = self
        var inputs: [JSON] = []
        var bytes = 0
        var next = start
        let origin = try origin(map, &evaluation)
        while next < items.count, bytes < Self.inputBytes {
            // Each item may take as much as a state.
            evaluation.renew()
            let input = try visit.itemInput(map, items[next], index: next, from: origin, &evaluation)
            guard let size = Payload.size(of: input, limit: LanguageLimits.payload) else {
                throw Payload.tooLarge("the input of an iteration")
            }
            inputs.append(input)
            bytes += size
            next += 1
        }
        guard let batcher = map.batcher else { return (inputs, next) }
        let batches = try visit.batches(of: inputs, batcher, &evaluation)
        // The last batch may be waiting for more.
        guard next < items.count, batches.count > 1, let last = batches.last?["Items"]?.array else {
            return (batches, next)
        }
        return (Array(batches.dropLast()), next - last.count)
    }

    private static let inputBytes = 16 * LanguageLimits.payload

    /// Inputs put together as the batcher says.
    mutating func batches(
        of inputs: [JSON], _ batcher: ItemBatcher, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> [JSON] {
        let seen = scope.with(document: try effectiveInput(&evaluation))
        let range = 1...100_000_000
        return try ItemBatches.batches(
            of: inputs,
            maximumItems: try integer(batcher.maximumItems, "MaxItemsPerBatch", range, in: seen, &evaluation),
            maximumBytes: try integer(batcher.maximumBytes, "MaxInputBytesPerBatch", range, in: seen, &evaluation),
            input: try batcher.batchInput?.value(in: seen, input: input, &evaluation))
    }

    /// The context object where an item is dealt with.
    static func context(_ context: JSON, item: JSON, index: Int, from origin: ItemOrigin = ItemOrigin()) -> JSON {
        var members = context.object ?? JSONObject()
        var about = JSONObject([("Index", .number(JSONNumber(Int64(index))))])
        if origin.isKeyed { about["Key"] = item["Key"] }
        about["Value"] = origin.isKeyed ? item["Value"] : item
        about["Source"] = .string(origin.source)
        members["Map"] = .object(JSONObject([("Item", .object(about))]))
        return .object(members)
    }

    /// How many items may be dealt with at a time, and how many may fail.
    mutating func tolerance(_ map: MapBody, _ evaluation: inout Evaluation) throws(StateFailure) -> MapTolerance {
        let seen = scope.with(document: try effectiveInput(&evaluation))
        let range = 0...LanguageLimits.seconds
        let concurrency = try integer(map.maximumConcurrency, "MaxConcurrency", range, in: seen, &evaluation) ?? 0
        inspection.maximumConcurrency = concurrency
        let count = try integer(map.toleratedFailureCount, "ToleratedFailureCount", range, in: seen, &evaluation)
        inspection.toleratedFailureCount = count
        let percentage = try percentage(
            map.toleratedFailurePercentage, "ToleratedFailurePercentage", in: seen, &evaluation)
        inspection.toleratedFailurePercentage = percentage
        return MapTolerance(maximumConcurrency: concurrency, failures: count, percentage: percentage)
    }
}
