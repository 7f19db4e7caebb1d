import Core
import Storage
import Vault

extension EventBuses {
    /// The operation that puts an event into an archive.
    nonisolated func archive(_ event: BusEvent, in archive: LiveBus.Archive) async throws -> WriteOperation {
        let key = try await records.keys.existingKey(for: archive.log.key.text, in: account)
        let entry = ArchivedEvent(event).entry(account: account, resource: archive.log.key.text, key: key)
        return .append(archive.log.log, [entry])
    }
}
