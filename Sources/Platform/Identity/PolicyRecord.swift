import Core
import Storage

/// A managed policy with its versions, as it lies in the store.
package struct PolicyRecord: IdentityRecord, Hashable {
    package static let recordKind = "iam-policy"
    package static let kind = IdentityError.Kind.policy
    package static let versionLimit = 5
    /// How many characters a version may have.
    package static let sizeLimit = 6144

    package let name: EntityName
    package let path: String
    package let id: String
    package let description: String?
    /// Milliseconds since 1970.
    package let created: Int64
    package private(set) var updated: Int64
    package private(set) var versions: [Version]
    package private(set) var defaultVersion = 1
    private var lastVersion = 1
    package var tags = TagSet()

    /// One version of the policy, shown as `v` and its number.
    package struct Version: Hashable, Sendable, Codable {
        package let number: Int
        package let document: PolicyDocument
        /// Milliseconds since 1970.
        package let created: Int64
    }

    package var index: [IndexValue] { [] }

    /// Makes a new policy with its first version.
    package init(
        name: EntityName, path: String, description: String?, document: PolicyDocument, created: Instant
    ) throws(IdentityError) {
        try Self.check(document)
        self.name = name
        self.path = path
        id = UniqueID.make(prefix: "ANPA")
        self.description = description
        self.created = created.milliseconds
        updated = created.milliseconds
        versions = [Version(number: 1, document: document, created: created.milliseconds)]
    }

    /// The version that applies.
    package var current: Version? { versions.first { $0.number == defaultVersion } }

    /// Finds a version by its number.
    package func version(_ number: Int) throws(IdentityError) -> Version {
        guard let version = versions.first(where: { $0.number == number }) else {
            throw .notFound(.policyVersion, name: "v\(number)")
        }
        return version
    }

    /// Adds a version, which applies at once if `isDefault`.
    package mutating func add(
        _ document: PolicyDocument, isDefault: Bool, at time: Instant
    ) throws(IdentityError) -> Version {
        try Self.check(document)
        guard versions.count < Self.versionLimit else { throw .limit(.policyVersions(Self.versionLimit)) }
        lastVersion += 1
        let version = Version(number: lastVersion, document: document, created: time.milliseconds)
        versions.append(version)
        if isDefault { defaultVersion = version.number }
        updated = time.milliseconds
        return version
    }

    /// Makes another version the one that applies.
    package mutating func setDefault(_ number: Int, at time: Instant) throws(IdentityError) {
        defaultVersion = try version(number).number
        updated = time.milliseconds
    }

    /// Forgets a version that does not apply.
    package mutating func remove(_ number: Int, at time: Instant) throws(IdentityError) {
        _ = try version(number)
        guard number != defaultVersion else { throw .inTheWay(.isDefaultVersion) }
        versions.removeAll { $0.number == number }
        updated = time.milliseconds
    }

    private static func check(_ document: PolicyDocument) throws(IdentityError) {
        guard document.size <= sizeLimit else { throw .limit(.policyBytes(sizeLimit)) }
    }
}
