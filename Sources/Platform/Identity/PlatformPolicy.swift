import Core
import Vault

/// A managed policy that the platform brings along under AWS's own name, because templates attach it.
package struct PlatformPolicy: Sendable {
    package let name: String
    package let path: String
    package let actions: [String]

    /// The ARN, with `aws` in the place of the account.
    package var arn: String { "arn:aws:iam::\(ManagedPolicy.platformAccount):policy\(path)\(name)" }

    /// The id, made from the name, so that it is the same everywhere and for ever.
    package var id: String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        return "ANPA" + String(SHA256Digest(of: name).bytes.prefix(17).map { alphabet[Int($0 & 31)] })
    }

    /// The policy's text: one statement that allows the actions on everything.
    package var document: String {
        let list = actions.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[\#(list)],"Resource":"*"}]}"#
    }

    /// When the first of them was made: 2015-02-06.
    package static let created = Instant(milliseconds: 1_423_248_000_000)

    /// Every one, ordered by name.
    package static let all: [PlatformPolicy] = catalogue.split(separator: "\n").map { line in
        let words = line.split(separator: " ")
        let parts = words[0].split(separator: "/", omittingEmptySubsequences: false)
        let path = "/" + parts.dropLast().map { $0 + "/" }.joined()
        return PlatformPolicy(
            name: String(parts[parts.count - 1]), path: path, actions: words.dropFirst().map(String.init))
    }.sorted { $0.name < $1.name }
}
