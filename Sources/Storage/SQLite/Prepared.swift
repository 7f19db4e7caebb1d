import GRDB
import GRDBSQLite

/// A value bound to a statement.
enum SQLValue {
    case null
    case integer(Int64)
    case text(String)
    /// Text by its bytes, where a bound of a range need not be whole characters.
    case bytesOfText([UInt8])
    case blob([UInt8])

    /// An integer, or null.
    static func optional(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }

    /// A text, or null.
    static func optional(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
}

/// A statement prepared once by GRDB, bound and stepped through SQLite directly, because this is the hot path.
///
/// It belongs to its connection and is used only where that connection is.
struct Prepared {
    private let statement: Statement

    /// Takes over a statement that GRDB prepared and will finalize.
    init(_ statement: Statement) { self.statement = statement }

    /// Runs it and forgets its rows.
    func run(_ values: SQLValue...) throws(SQLiteFailure) { try run(values) }

    /// Runs it and forgets its rows.
    func run(_ values: [SQLValue]) throws(SQLiteFailure) {
        defer { reset() }
        try bind(values)
        while try step() {}
    }

    /// Runs it with a body behind the other values, which is large and read where it lies.
    func run(_ values: SQLValue..., body: [UInt8]) throws(SQLiteFailure) {
        guard !body.isEmpty else { return try run(values + [.blob(body)]) }
        let index = Int32(values.count + 1)
        // SAFETY: the buffer lives until the statement has ended and holds it no more.
        let outcome = unsafe body.withUnsafeBytes { bytes in
            Result { () throws(SQLiteFailure) in
                defer {
                    reset()
                    _ = bind(.null, at: index)
                }
                try bind(values)
                let raw = unsafe statement.sqliteStatement
                let status = unsafe sqlite3_bind_blob(raw, index, bytes.baseAddress, Int32(bytes.count), nil)
                guard status == SQLITE_OK else { throw failure }
                while try step() {}
            }
        }
        try outcome.get()
    }

    /// Its first row, if there is one.
    func first<Value>(_ values: SQLValue..., read: (Columns) -> Value) throws(SQLiteFailure) -> Value? {
        defer { reset() }
        try bind(values)
        return try step() ? read(Columns(statement: statement)) : nil
    }

    /// Its rows, until `read` gives nil.
    func all<Value>(_ values: SQLValue..., read: (Columns) -> Value?) throws(SQLiteFailure) -> [Value] {
        defer { reset() }
        try bind(values)
        var rows: [Value] = []
        while try step(), let row = read(Columns(statement: statement)) { rows.append(row) }
        return rows
    }

    private func step() throws(SQLiteFailure) -> Bool {
        // SAFETY: the statement lives as long as this value, on the connection's own thread.
        switch unsafe sqlite3_step(statement.sqliteStatement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure
        }
    }

    private func reset() {
        // SAFETY: as above; the code repeats the failure of the step, which was told already.
        _ = unsafe sqlite3_reset(statement.sqliteStatement)
    }

    private func bind(_ values: [SQLValue]) throws(SQLiteFailure) {
        for (index, value) in values.enumerated() {
            guard bind(value, at: Int32(index + 1)) == SQLITE_OK else { throw failure }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        // SAFETY: as above.
        let raw = unsafe statement.sqliteStatement
        // SAFETY: tells SQLite to copy the bytes before the call returns.
        let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null:
            // SAFETY: as above.
            return unsafe sqlite3_bind_null(raw, index)
        case .integer(let number):
            // SAFETY: as above.
            return unsafe sqlite3_bind_int64(raw, index, number)
        case .text(var text):
            // SAFETY: the buffer lives during the call, and SQLite copies it.
            return text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) {
                    unsafe sqlite3_bind_text(raw, index, $0.baseAddress ?? Self.empty, Int32($0.count), copied)
                }
            }
        case .bytesOfText(let bytes):
            // SAFETY: the buffer lives during the call, and SQLite copies it.
            return unsafe bytes.withUnsafeBytes {
                let start = unsafe $0.assumingMemoryBound(to: CChar.self).baseAddress ?? Self.empty
                return unsafe sqlite3_bind_text(raw, index, start, Int32($0.count), copied)
            }
        case .blob(let bytes) where bytes.isEmpty:
            // SAFETY: as above.
            return unsafe sqlite3_bind_zeroblob(raw, index, 0)
        case .blob(let bytes):
            // SAFETY: the buffer lives during the call, and SQLite copies it.
            return unsafe bytes.withUnsafeBytes {
                unsafe sqlite3_bind_blob(raw, index, $0.baseAddress, Int32($0.count), copied)
            }
        }
    }

    /// An address for texts without bytes: SQLite takes none for null.
    private static var empty: UnsafePointer<CChar> {
        // SAFETY: a constant of the binary, never written to.
        unsafe UnsafeRawPointer(("" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
    }

    private var failure: SQLiteFailure {
        // SAFETY: the connection outlives its statements, and the message is copied at once.
        let connection = unsafe sqlite3_db_handle(statement.sqliteStatement)
        let code = unsafe sqlite3_extended_errcode(connection)
        return unsafe SQLiteFailure(code: code, message: String(cString: sqlite3_errmsg(connection)))
    }
}

/// The row a statement stands on.
struct Columns {
    fileprivate let statement: Statement

    /// Whether a column holds null.
    func isNull(_ column: Int32) -> Bool {
        // SAFETY: the statement stands on a row.
        unsafe sqlite3_column_type(statement.sqliteStatement, column) == SQLITE_NULL
    }

    /// The integer of a column; 0 for null.
    func integer(_ column: Int32) -> Int64 {
        // SAFETY: the statement stands on a row.
        unsafe sqlite3_column_int64(statement.sqliteStatement, column)
    }

    /// The integer of a column, or `nil` for null.
    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    /// The bytes of a column, text or blob.
    func bytes(_ column: Int32) -> [UInt8] {
        // SAFETY: the statement stands on a row, and the bytes are copied before it moves.
        let raw = unsafe statement.sqliteStatement
        guard let start = unsafe sqlite3_column_blob(raw, column) else { return [] }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(raw, column))))
    }

    /// The text of a column.
    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    /// The text of a column, or `nil` for null.
    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
}
