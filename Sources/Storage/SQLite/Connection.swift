import GRDB

/// A connection that prepares statements; what a test wants to see go wrong, it has prepared from other texts.
struct Connection {
    let database: Database
    /// Other texts in place of some, to prove that the tests notice; empty but for tests.
    let mutations: [String: String]

    /// Prepares a statement for the life of the connection.
    func prepare(_ sql: String) throws -> Prepared {
        Prepared(try database.makeStatement(sql: mutations[sql] ?? sql))
    }
}
