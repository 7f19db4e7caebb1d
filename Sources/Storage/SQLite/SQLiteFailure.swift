import GRDB
import GRDBSQLite

/// SQLite could not do its work; what was to be done decides what that means.
struct SQLiteFailure: Error, Equatable {
    enum Meaning {
        /// No room on the disk: the transaction did not happen, later ones may.
        case full
        /// Another process holds the write lock.
        case busy
        /// Nothing can be trusted any more.
        case fatal
    }

    let code: Int32
    let message: String

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: any Error) {
        switch error {
        case let failure as SQLiteFailure: self = failure
        case let error as DatabaseError:
            self.init(code: error.extendedResultCode.rawValue, message: error.message ?? "")
        default: self.init(code: SQLITE_ERROR, message: String(describing: error))
        }
    }

    var meaning: Meaning {
        switch code & 0xff {
        case SQLITE_FULL: .full
        case SQLITE_BUSY: .busy
        default: .fatal
        }
    }

    /// Whether it shows that the disk or the file is at fault, so that nothing read from it counts.
    var damagesReads: Bool { [SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xff) }
}
