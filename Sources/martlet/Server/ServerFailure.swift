import NIOCore
import Platform
import Sandboxing
import Storage
import Vault

/// Why a server did not start or did not go on, in words that say what to do.
struct ServerFailure: Error, CustomStringConvertible {
    let description: String

    /// Explains an error of the start; one that nobody foresaw is given as it is.
    init(_ error: any Error, _ plan: ServerPlan) {
        description =
            switch error {
            case let error as StoreOpenError: Self.words(error, plan)
            case let error as KeysError: Self.words(error, plan)
            case let error as GovernorError:
                "The governor's stops, limits and budgets cannot be read (\(error)), and without them nothing may run. "
                    + "Put \(plan.folder.path) back from a backup."
            case let error as AuditError: Self.words(error, plan)
            case let error as SettingsError: error.description
            case let error as SandboxError:
                "No sandbox can be made on this machine: \(error). 'martlet doctor' says what is missing."
            case let error as IOError where error.errnoCode == 98:
                "\(plan.host):\(plan.port) is in use. Stop what listens there, or choose another with --listen."
            default: "The server could not start: \(error)"
            }
    }

    /// Explains why the store ended.
    init(_ failure: StoreFailure) {
        description =
            "The store failed while it was to \(failure.during) (\(failure.message)); what was acknowledged is kept. "
            + "Check the disk, then start again."
    }

    private static func words(_ error: StoreOpenError, _ plan: ServerPlan) -> String {
        let folder = plan.folder.path
        return switch error {
        case .inUse: "Another server uses \(folder). Stop it, or choose another folder with --data-dir."
        case .folder(let code): "The data folder \(folder) cannot be made or locked (error \(code))."
        case .notOurs: "\(folder)/store.sqlite is a database of something else; choose another --data-dir."
        case .newerSchema(let found, let known):
            "\(folder) was written by a newer Martlet (schema \(found), this one knows \(known)): start that version."
        case .setting(let name, let found):
            "SQLite did not take the setting \(name) (it is \(found)); without it acknowledged work could be lost."
        case .database(let code, let message): "\(folder)/store.sqlite cannot be used: \(message) (\(code))."
        }
    }

    private static func words(_ error: AuditError, _ plan: ServerPlan) -> String {
        let folder = plan.folder.audit
        return switch error {
        case .files(let failure): "The audit trail in \(folder) cannot be read or written (error \(failure.code))."
        case .damaged(let file, let flaw):
            "The audit trail is not as it was left. \(folder)/\(file): \(AuditWords.sentence(flaw)) Look at it with 'martlet audit verify', "
                + "keep a copy of \(folder), move it away, and start again: a new trail begins."
        case .headUnreadable:
            "\(folder)/head is not what this server wrote. Look at the trail with 'martlet audit verify'; if it is whole, "
                + "remove the file and start again."
        case .full: "There is no room for the audit trail in \(folder)."
        case .busy, .unavailable: "The audit trail in \(folder) cannot be opened."
        }
    }

    private static func words(_ error: KeysError, _ plan: ServerPlan) -> String {
        switch error {
        case .rootKeyLost(let reason):
            "\(plan.folder.path) holds data, but its root key cannot be read: \(KeySourceWords.reason(reason)). "
                + "Put the key back, or say with --root-key where it is; without it the data cannot be read, and no new "
                + "key is made over it."
        case .wrongRootKey:
            "The root key is not the one that the data in \(plan.folder.path) is sealed under. Name the right one "
                + "with --root-key; the data was not touched."
        case .noRootKey(let reason): "There is no root key, and none could be made: \(KeySourceWords.reason(reason))."
        default: "The keys cannot be opened: \(error)"
        }
    }
}
