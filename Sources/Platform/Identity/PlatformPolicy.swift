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
        let list = actions.flatMap(Self.expanded).map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[\#(list)],"Resource":"*"}]}"#
    }

    /// What the catalogue says of every service, said of each: a policy cannot have a wildcard in a service's place.
    private static func expanded(_ action: String) -> [String] {
        guard action.hasPrefix("*:") else { return [action] }
        return services.map { $0 + action.dropFirst() }
    }

    /// The services that policies speak of here, by the prefixes of their actions.
    package static let services = [
        "apigateway", "cloudformation", "cloudwatch", "dynamodb", "events", "iam", "kinesis", "kms", "lambda", "logs",
        "martlet", "s3", "scheduler", "secretsmanager", "sns", "sqs", "ssm", "states", "sts", "xray",
    ]

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
