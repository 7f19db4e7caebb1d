/// The role that a function acts as: `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
package struct RoleARN: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package let account: AccountID

    /// Takes the ARN of a role; whether the role exists is another question.
    package init(_ text: String) throws(ConfigurationError) {
        do {
            let arn = try ARN(text)
            guard arn.service == "iam", arn.region.isEmpty, arn.resource.hasPrefix("role/"), text.utf8.count <= 2048,
                arn.resource.dropFirst("role/".count).utf8.allSatisfy(Self.isNameByte), !arn.resource.hasSuffix("/")
            else { throw NameError.malformed(expected: "a role ARN") }
            account = try AccountID(arn.account)
        } catch {
            throw .roleMalformed(text)
        }
        self.text = text
    }

    package var description: String { text }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF) || (0x30...0x39).contains(byte) || "_+=,.@-/".utf8.contains(byte)
    }
}

extension RoleARN: RawRepresentable, Codable {
    package var rawValue: String { text }

    package init?(rawValue: String) {
        do { try self.init(rawValue) } catch { return nil }
    }
}
