/// A function of an account, as those who see every call tell functions apart.
///
/// Its hash is made once: whoever calls a function again and again keeps the key.
package struct FunctionKey: Hashable, Sendable {
    package let account: AccountID
    package let name: FunctionName
    private let hash: Int

    /// Names a function.
    package init(account: AccountID, name: FunctionName) {
        self.account = account
        self.name = name
        var hasher = Hasher()
        hasher.combine(account)
        hasher.combine(name)
        hash = hasher.finalize()
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    /// Whether both are the same function.
    package static func == (left: FunctionKey, right: FunctionKey) -> Bool {
        left.hash == right.hash && left.name == right.name && left.account == right.account
    }
}
