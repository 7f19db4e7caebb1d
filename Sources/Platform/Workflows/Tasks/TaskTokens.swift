import Core
import Vault

/// Makes the tokens by which outsiders complete tasks, and reads those that it has made.
///
/// A token says whose task it is, and bears a code over that which nobody can make who has not the key. The same task has
/// the same token, so that an execution that is replayed sees it again.
package struct TaskTokens: Sendable {
    private static let version: UInt8 = 1
    private static let codeSize = 16

    private let key: HMACSHA256

    /// Takes the bytes of the key.
    init(key: [UInt8]) { self.key = HMACSHA256(key: key) }

    /// The token of an execution's task.
    package func token(_ execution: ExecutionID, work: Int) -> String {
        let content = TaskItem(execution: execution, work: work).bytes
        return Base64URL.encode([Self.version] + key.code(for: content).prefix(Self.codeSize) + content)
    }

    /// Whose task a token stands for; `nil` where it was not made here.
    package func task(_ token: String) -> (execution: ExecutionID, work: Int)? {
        guard token.utf8.count <= 2048, let bytes = Base64URL.decode(token), bytes.first == Self.version,
            // One token has one form.
            bytes.count > 1 + Self.codeSize, Base64URL.encode(bytes) == token
        else { return nil }
        let content = Array(bytes[(1 + Self.codeSize)...])
        let code = key.code(for: content).prefix(Self.codeSize)
        let difference = zip(code, bytes[1...]).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) }
        // What bears the code was written by us.
        guard difference == 0, let item = try? TaskItem(content) else { return nil }
        return (item.execution, item.work)
    }
}
