/// Why a store does not open; the data is left as it is.
package enum StoreOpenError: Error, Equatable, Sendable {
    /// Another process uses the folder.
    case inUse
    /// The folder cannot be made or locked.
    case folder(code: Int32)
    /// The file is a database of something else.
    case notOurs
    /// The file was written by a newer version, which is needed to read it.
    case newerSchema(found: Int, known: Int)
    /// A setting on which durability rests did not take.
    case setting(name: String, found: String)
    /// SQLite cannot use the file.
    case database(code: Int32, message: String)
}
