/// All that is needed to run one version of a function.
///
/// A class, because the invocation path hands it around by the thousand and it never changes.
package final class FunctionVersion: Sendable {
    /// What makes two instances interchangeable: a sandbox serves one identity in its life.
    package struct Identity: Hashable, Sendable {
        package let account: AccountID
        package let name: FunctionName
        package let revision: String
        package let processor: ProcessorShare
        private let known: KnownHash

        init(account: AccountID, name: FunctionName, revision: String, processor: ProcessorShare) {
            self.account = account
            self.name = name
            self.revision = revision
            self.processor = processor
            known = KnownHash(account, name, revision, processor)
        }

        package func hash(into hasher: inout Hasher) { known.hash(into: &hasher) }
    }

    package let account: AccountID
    package let region: Region
    package let name: FunctionName
    package let number: VersionNumber
    package let revision: String
    package let configuration: FunctionConfiguration
    package let code: CodeReference
    package let layerCode: [CodeReference]
    package let lastModified: Instant
    package let processor: ProcessorShare
    package let identity: Identity

    /// Puts a version together; `processor` is the share that the function's tag asks for, if it has one.
    package init(
        account: AccountID, region: Region, name: FunctionName, number: VersionNumber, revision: String,
        configuration: FunctionConfiguration, code: CodeReference, layerCode: [CodeReference] = [],
        lastModified: Instant, processor: ProcessorShare? = nil
    ) {
        self.account = account
        self.region = region
        self.name = name
        self.number = number
        self.revision = revision
        self.configuration = configuration
        self.code = code
        self.layerCode = layerCode
        self.lastModified = lastModified
        let share = processor ?? ProcessorShare(proportionalTo: configuration.memory)
        self.processor = share
        identity = Identity(account: account, name: name, revision: revision, processor: share)
    }

    /// The function's ARN, without a version.
    package var functionARN: String { "arn:aws:lambda:\(region):\(account):function:\(name)" }

    /// The ARN of this very version.
    package var qualifiedARN: String { "\(functionARN):\(number)" }
}
