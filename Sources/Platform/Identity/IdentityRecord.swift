import Core
import Storage

/// What roles, users and policies have in common as records.
package protocol IdentityRecord: Codable, Sendable {
    /// The kind of its records in the store.
    static var recordKind: String { get }
    static var kind: IdentityError.Kind { get }

    var name: EntityName { get }
    var path: String { get }
    var tags: TagSet { get set }
    /// What a list can find it by, beside its name.
    var index: [IndexValue] { get }
}

/// A role or a user: who can have policies.
package protocol PolicyHolder: IdentityRecord {
    /// How many characters its inline policies may have together.
    static var inlineLimit: Int { get }

    var policies: PolicySet { get set }
    /// The ARN of the policy that says what it may do at most.
    var boundary: String? { get set }
}

extension PolicyHolder {
    /// The index by which those who have a managed policy attached are found.
    package static var attachmentIndex: String { "policy" }

    package var index: [IndexValue] { policies.attached.map { IndexValue(name: Self.attachmentIndex, value: $0) } }
}

extension IdentityRecord {
    /// Names are one whatever their case, so records are found by the lower-case form.
    static func recordKey(_ name: EntityName) -> RecordKey {
        RecordKey(kind: recordKind, id: name.text.lowercased())
    }
}
