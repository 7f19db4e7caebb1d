/// The key of a condition, such as `aws:SourceIp` or `aws:PrincipalTag/team`; its case does not matter.
///
/// A value in all but name, like the conditions and patterns it belongs to.
package final class ContextKey: Hashable, Sendable {
    /// The key as the policy has it.
    package let text: String
    /// What stands before the first slash, in lower case.
    package let name: String
    /// What stands behind the first slash, in lower case: the key of a tag.
    package let tag: String?
    /// All of it in lower case.
    package let folded: String
    /// Whether it is a tag of who asks.
    package let isPrincipalTag: Bool
    /// The service whose resources' tags it is one of, where it is a tag of what is acted on; `aws` for those of all.
    private let taggedService: String?
    /// Of all of it, and of the tag's key, without regard to case.
    private let hash: UInt64
    let tagHash: UInt64
    /// What the request itself answers, if it does.
    let principalKey: PrincipalKey?

    /// Takes a key with the prefix of whoever defines it; `nil` for what cannot be one.
    package init?(_ text: String) {
        guard text.utf8.contains(UInt8(ascii: ":")), text.utf8.count <= 1024,
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        self.text = text
        let lowered = Bytes.lowered(text)
        if let slash = lowered.utf8.firstIndex(of: UInt8(ascii: "/")) {
            name = String(lowered[..<slash])
            tag = String(lowered[lowered.utf8.index(after: slash)...])
        } else {
            name = lowered
            tag = nil
        }
        principalKey = tag == nil ? PrincipalKey(rawValue: name) : nil
        folded = lowered
        isPrincipalTag = tag != nil && name.utf8.elementsEqual("aws:principaltag".utf8)
        taggedService =
            tag != nil && name.hasSuffix(Self.resourceTag) ? String(name.dropLast(Self.resourceTag.count)) : nil
        hash = Bytes.hash(lowered)
        tagHash = Bytes.hash(tag ?? "")
    }

    private static let resourceTag = ":resourcetag"

    /// Whether it is a tag of what an action of a service is done to: `aws:ResourceTag/KEY`, or `iam:ResourceTag/KEY` of IAM's.
    package func isResourceTag(of service: String) -> Bool { taggedService == "aws" || taggedService == service }

    /// The key of a tag as `tag` has it.
    package static func tag(_ key: String) -> String { Bytes.lowered(key) }

    /// Whether it is a tag that who asks can not have.
    @inline(__always)
    func isMissing(_ tags: TagFilter) -> Bool { isPrincipalTag && !tags.mayHave(tagHash) }

    package static func == (left: ContextKey, right: ContextKey) -> Bool {
        left.hash == right.hash && Bytes.same(left.folded, right.folded)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// The keys that who asks, and for what, answers by itself; no lookup can say otherwise.
enum PrincipalKey: String, Sendable {
    case principalARN = "aws:principalarn"
    case principalAccount = "aws:principalaccount"
    case principalType = "aws:principaltype"
    case principalIsService = "aws:principalisawsservice"
    case principalServiceName = "aws:principalservicename"
    case userName = "aws:username"
    case userID = "aws:userid"
    case resourceAccount = "aws:resourceaccount"
}
