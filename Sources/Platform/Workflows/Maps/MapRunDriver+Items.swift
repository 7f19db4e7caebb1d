import Core
import StatesLanguage
import Storage
import Vault

/// Where the items of a run come from.
extension MapRunDriver {
    /// Bytes of one entry of the log of items.
    private static let entryBytes = 1 << 20

    /// The items: of the state's data, or what the reader has read once.
    ///
    /// What was read is kept, so that a run that is cut off or redriven has the items that it began with.
    mutating func items() async throws(WorkflowError) -> Result<[JSON], StateFailure> {
        guard let reader = order.map.reader else { return .success(order.items ?? []) }
        if run.hasItems == true { return .success(try await keptItems()) }
        guard let store = workflows.objects else {
            return .failure(
                MapItems.failure(
                    "This installation has no object store that '\(reader.resource)' could read from."))
        }
        var evaluation = Evaluation(
            surroundings: workflows.surroundings, chance: Chance("\(id) reader"), now: run.started)
        var reading = MapItems(of: order, reader, in: store, as: caller)
        let items: [JSON]
        do throws(StateFailure) { items = try await reading.read(&evaluation) } catch { return .failure(error) }
        guard items.allSatisfy({ $0.serialized.count < Self.entryBytes }) else {
            return .failure(MapItems.failure("An item that is read has \(Self.entryBytes) bytes at most."))
        }
        try await keep(items)
        return .success(items)
    }

    /// Whoever reads and writes objects for the run.
    var caller: ObjectCaller {
        ObjectCaller(
            role: parent.record.role, machine: workflows.machines.arn(id.machine),
            execution: workflows.arn(item.execution), descent: parent.record.descent,
            trace: parent.record.trace.child())
    }

    private mutating func keep(_ items: [JSON]) async throws(WorkflowError) {
        let log = MapRun.items(id)
        try await workflows.commit([.dropLog(log)])
        var place = try await workflows.read(log, from: 0, limit: 1).end
        var start = 0
        while start < items.count {
            var end = start
            var size = 0
            repeat {
                size += items[end].serialized.count + 1
                end += 1
            } while end < items.count && size + items[end].serialized.count < Self.entryBytes
            let bytes = JSON.array(Array(items[start..<end])).serialized
            let sealed = parent.sealing.seal(bytes, binding: parent.binding(log, place, workflows.account))
            try await workflows.commit([
                .append(log, [sealed], expectNext: place), .extend(lease, by: Self.leaseTime),
            ])
            place += 1
            start = end
        }
        run.hasItems = true
        run = try await workflows.write(run, id, parent, with: [])
    }

    private func keptItems() async throws(WorkflowError) -> [JSON] {
        let log = MapRun.items(id)
        var items: [JSON] = []
        var place: Int64 = 0
        while true {
            let slice = try await workflows.read(log, from: place)
            for entry in slice.entries {
                do {
                    let binding = parent.binding(log, entry.sequence, workflows.account)
                    items += try JSON(parsing: try parent.sealing.open(entry.value, binding: binding)).array ?? []
                } catch { throw .unreadable(id: id.description) }
                place = entry.sequence + 1
            }
            if place >= slice.end { return items }
        }
    }
}
