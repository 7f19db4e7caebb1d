import Core
import Platform

/// For which key, day, region and service a signature was made: `AKID/20150830/us-east-1/lambda/aws4_request`.
struct SignatureScope: Equatable, Sendable {
    let accessKey: AccessKeyID
    let date: String
    let region: String
    let service: String

    static let terminator = "aws4_request"

    /// Parses the `Credential` of a signature.
    init(_ credential: String) throws(AuthenticationError) {
        let parts = credential.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5 else {
            throw .incomplete(
                reason: "Credential must have exactly 5 slash-delimited elements, e.g."
                    + " keyid/date/region/service/term")
        }
        guard parts[4] == Self.terminator else {
            throw .wrongScope(
                reason: "Credential should be scoped with a valid terminator: 'aws4_request', not '\(parts[4])'.")
        }
        guard let accessKey = try? AccessKeyID(String(parts[0])) else { throw .unknownKey }
        self.accessKey = accessKey
        date = String(parts[1])
        region = String(parts[2])
        service = String(parts[3])
    }

    /// Makes the scope of a new signature.
    init(accessKey: AccessKeyID, date: String, region: Region, service: String) {
        self.accessKey = accessKey
        self.date = date
        self.region = region.text
        self.service = service
    }

    /// The scope as the string to sign carries it, without the key.
    var text: String { "\(date)/\(region)/\(service)/\(Self.terminator)" }
}
