/// How a caller names a function: by name, by partial ARN (`123456789012:function:name`), or by ARN,
/// each with or without a qualifier at the end.
///
/// Source: Lambda API reference, parameter `FunctionName`.
package struct FunctionReference: Hashable, Sendable {
    package let account: AccountID?
    package let name: FunctionName
    package let qualifier: Qualifier?

    /// Names a function in the caller's own account, unless another is given.
    package init(account: AccountID? = nil, name: FunctionName, qualifier: Qualifier? = nil) {
        self.account = account
        self.name = name
        self.qualifier = qualifier
    }

    /// Parses any of the three forms.
    package init(_ text: String) throws(NameError) {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.first == "arn" {
            guard parts.count >= 7, parts[2] == "lambda" else { throw Self.malformed }
            parts.removeFirst(4)
        }
        switch parts.count {
        case 1, 2:
            guard parts[0] != "function" else { throw Self.malformed }
            account = nil
        case 3, 4:
            guard parts[1] == "function" else { throw Self.malformed }
            account = try AccountID(parts[0])
            parts.removeFirst(2)
        default: throw Self.malformed
        }
        name = try FunctionName(parts[0])
        qualifier = parts.count == 2 ? try Qualifier(parts[1]) : nil
    }

    private static let malformed = NameError.malformed(expected: "a function name or ARN")
}
