import Core
import Storage
import Synchronization

/// Sealed records that were read lately, opened and decoded: until they are written, reading them again gives the same.
///
/// Whether the key that they were sealed with is still there, their reader has to ask.
final class OpenedRecords: Sendable {
    private struct Place: Hashable {
        let account: AccountID
        let key: RecordKey
    }

    private struct Opened {
        /// Never comes back, so that it stands for the bytes.
        let version: Int64
        let value: any Sendable
    }

    /// Longer records are opened each time.
    private static let longestRecord = 16 * 1024

    private let known = Mutex(BoundedCache<Place, Opened>(limit: 256))

    /// What was made of exactly this record of an account, if it was read lately as the same type.
    subscript<Value: Sendable>(_ record: Record, of account: AccountID) -> Value? {
        guard let opened = known.withLock({ $0[Place(account: account, key: record.key)] }),
            opened.version == record.version
        else { return nil }
        return opened.value as? Value
    }

    /// Keeps what was made of a record.
    func keep(_ value: some Sendable, _ record: Record, of account: AccountID) {
        guard record.value.count <= Self.longestRecord else { return }
        known.withLock {
            $0[Place(account: account, key: record.key)] = Opened(version: record.version, value: value)
        }
    }
}
