/// An Amazon Resource Name: `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`.
///
/// The resource may itself contain colons and slashes. Region and account are empty for global services.
package struct ARN: Hashable, Sendable, CustomStringConvertible {
    package let partition: String
    package let service: String
    package let region: String
    package let account: String
    package let resource: String

    /// Names a resource of `service` in the partition `aws`.
    package init(service: String, region: Region?, account: AccountID?, resource: String) {
        partition = "aws"
        self.service = service
        self.region = region?.text ?? ""
        self.account = account?.text ?? ""
        self.resource = resource
    }

    /// Parses the six colon-separated parts.
    package init(_ text: String) throws(NameError) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", !parts[2].isEmpty, !parts[5].isEmpty else {
            throw .malformed(expected: "arn:aws:service:region:account:resource")
        }
        partition = String(parts[1])
        service = String(parts[2])
        region = String(parts[3])
        account = String(parts[4])
        resource = String(parts[5])
    }

    package var description: String { "arn:\(partition):\(service):\(region):\(account):\(resource)" }
}
