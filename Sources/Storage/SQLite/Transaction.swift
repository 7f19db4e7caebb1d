import GRDB

/// The statements around a group of batches, and around one batch.
struct Transaction {
    static let savepointSQL = "SAVEPOINT batch"
    static let rollbackToSQL = "ROLLBACK TO batch"
    static let releaseSQL = "RELEASE batch"

    private let connection: Connection
    private let beginStatement: Prepared
    private let commitStatement: Prepared
    private let rollbackStatement: Prepared
    private let savepointStatement: Prepared
    private let rollbackToStatement: Prepared
    private let releaseStatement: Prepared

    init(_ connection: Connection) throws {
        self.connection = connection
        beginStatement = try connection.prepare("BEGIN IMMEDIATE")
        commitStatement = try connection.prepare("COMMIT")
        rollbackStatement = try connection.prepare("ROLLBACK")
        savepointStatement = try connection.prepare(Self.savepointSQL)
        rollbackToStatement = try connection.prepare(Self.rollbackToSQL)
        releaseStatement = try connection.prepare(Self.releaseSQL)
    }

    /// Takes the write lock.
    func begin() throws(SQLiteFailure) { try beginStatement.run() }

    /// Makes everything since `begin` durable: one fsync.
    func commit() throws(SQLiteFailure) { try commitStatement.run() }

    /// Leaves no transaction open; SQLite may have ended it already.
    func abandon() {
        guard connection.database.isInsideTransaction else { return }
        // There is nothing to do about a failure here, and the cause of it is being told.
        try? rollbackStatement.run()
    }

    /// Runs one batch so that an error leaves nothing of it.
    func savepoint<Value>(_ body: () throws -> Value) throws -> Value {
        try savepointStatement.run()
        do {
            let value = try body()
            try releaseStatement.run()
            return value
        } catch let refusal as StoreError {
            try rollbackToStatement.run()
            try releaseStatement.run()
            throw refusal
        }
    }
}
