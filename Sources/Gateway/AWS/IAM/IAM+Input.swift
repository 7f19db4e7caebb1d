import AccessPolicy
import Core
import Platform

/// Reading members of an input that the model has validated already.
extension WireValue {
    /// A name, refused as AWS refuses one if it is none after all.
    func name(_ member: String) throws -> EntityName {
        let text = self[member]?.string ?? ""
        do { return try EntityName(text) } catch {
            throw WireError("ValidationError", "The specified value for \(member.lowercasedFirst) is invalid.")
        }
    }

    /// The ARN of a policy.
    func policyARN(_ member: String = "PolicyArn") throws -> ARN {
        let text = self[member]?.string ?? ""
        do { return try ARN(text) } catch { throw WireError("InvalidInput", "ARN \(text) is not valid.") }
    }

    /// The text of a policy.
    ///
    /// What of it can never match is told to whoever watches the call.
    func document(
        _ use: Policy.Use, of member: String = "PolicyDocument", in call: Call
    ) throws -> PolicyDocument {
        let text = self[member]?.string ?? ""
        // What is too large is not even read; which quota of several an identity's policy meets, its holder says.
        let limit = use == .trust ? RoleRecord.trustLimit : RoleRecord.inlineLimit
        guard PolicyDocument.size(of: text) <= limit else {
            throw IdentityError.limit(use == .trust ? .trustPolicyBytes(limit) : .inlinePolicyBytes(limit))
        }
        do throws(PolicyFlaw) {
            let document = try PolicyDocument(text, use: use)
            let policy = try Policy(parsing: text, use: use)
            for warning in policy.warnings(knownServices: Set(PlatformPolicy.services)) {
                call.evidence.warn("\(member): \(warning.description)")
            }
            return document
        } catch {
            throw IdentityError.malformedDocument(error)
        }
    }

    /// The tags of a list of keys and values.
    func tags() -> [TagSet.Tag] {
        (self["Tags"]?.list ?? []).map {
            TagSet.Tag(key: $0["Key"]?.string ?? "", value: $0["Value"]?.string ?? "")
        }
    }

    /// How many entries a page is to have.
    var maxItems: Int { self["MaxItems"]?.int ?? 100 }

    var path: String { self["Path"]?.string ?? "/" }
    var pathPrefix: String { self["PathPrefix"]?.string ?? "/" }
}

extension String {
    /// The text as validation messages write members.
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}

/// A page of a list that is in memory already; its marker is a position.
struct ListPage {
    let entries: ArraySlice<WireValue>
    let marker: String?

    /// Cuts the page that an input asks for.
    init(of all: [WireValue], _ input: WireValue) throws {
        var start = 0
        if let marker = input["Marker"]?.string {
            guard let position = Int(marker), all.indices.contains(position) else { throw IdentityError.badMarker }
            start = position
        }
        let end = min(all.count, start + max(1, input.maxItems))
        entries = all[start..<end]
        marker = end < all.count ? String(end) : nil
    }

    /// The page as an output, its entries under `member`.
    func output(_ member: String) -> WireValue {
        IAM.page(Array(entries), as: member, marker: marker)
    }
}

extension IAM {
    /// A page as an output, its entries under `member`.
    static func page(_ entries: [WireValue], as member: String, marker: String?) -> WireValue {
        .structure(
            WireFields([
                (member, .list(entries)), ("IsTruncated", .bool(marker != nil)), ("Marker", WireValue(marker)),
            ]))
    }

    static let nothing = WireValue.structure(WireFields())
}
