import Core

/// A policy that can be attached: one of the account's own, or one that the platform brings along as AWS does.
package enum ManagedPolicy: Sendable {
    case own(PolicyRecord)
    case platform(PlatformPolicy)

    /// What stands in the place of the account in the ARN of the platform's policies.
    package static let platformAccount = "aws"

    /// The text of the version that applies.
    package var document: String {
        switch self {
        case .own(let record): record.current?.document.text ?? ""
        case .platform(let policy): policy.document
        }
    }

    /// Finds one of the platform's policies by its ARN.
    package static func platform(_ arn: ARN) -> ManagedPolicy? {
        PlatformPolicy.all.first { $0.arn == arn.description }.map(ManagedPolicy.platform)
    }
}

extension PolicyRecord {
    /// The policy's ARN.
    package func arn(in account: AccountID) -> ARN {
        ARN(service: "iam", region: nil, account: account, resource: "policy\(path)\(name)")
    }
}
