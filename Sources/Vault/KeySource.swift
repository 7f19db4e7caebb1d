/// Where the root key comes from, or another secret that the server needs before it can open its store.
package enum KeySource: Hashable, Sendable {
    /// A file that only its owner can read.
    case file(path: String)
    /// What a command prints; it is run by `/bin/sh -c` once, at start.
    case command(String)
    /// What an inherited descriptor gives until its end, as a service manager passes it; it is closed afterwards.
    case descriptor(Int32)

    /// Reads the key.
    package func load() throws(KeySourceError) -> RootKey {
        var text = try text()
        defer { text.wipe() }
        return try RootKey(text: text)
    }

    /// Reads what is there, as it is: for what is as secret as a key and is none.
    package func text() throws(KeySourceError) -> [UInt8] {
        switch self {
        case .file(let path): try KeyFile.read(path)
        case .command(let command): try KeyCommand.output(of: command)
        case .descriptor(let number): try KeyDescriptor.readAll(number)
        }
    }

    /// The most that a key's text, with any newlines, may be long.
    static let sizeLimit = 1024
}

/// Why there is no root key.
package enum KeySourceError: Error, Equatable {
    case missing(path: String)
    /// A key file is there already; it is never overwritten.
    case exists(path: String)
    /// Others than the owner may read or write the file.
    case exposed(path: String, mode: UInt32)
    case notOwned(path: String, owner: UInt32)
    case notAFile(path: String)
    case badLength(expectedDigits: Int, found: Int)
    case notHexadecimal
    case tooLong(limit: Int)
    case commandFailed(status: Int32)
    case commandTimedOut(seconds: Int)
    case system(operation: String, errno: Int32)
}
