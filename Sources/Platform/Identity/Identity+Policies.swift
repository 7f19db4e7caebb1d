import Core
import Storage

extension Identity {
    /// Finds a managed policy by its ARN: one of the account's, or one that the platform brings along.
    package func policy(_ arn: ARN) async throws(IdentityError) -> ManagedPolicy {
        guard arn.service == "iam", let name = Self.policyName(arn) else {
            throw .notFound(.policy, name: arn.description)
        }
        if arn.account == ManagedPolicy.platformAccount {
            guard let policy = ManagedPolicy.platform(arn) else { throw .notFound(.policy, name: arn.description) }
            return policy
        }
        let record: PolicyRecord
        do { record = try await get(PolicyRecord.self, name) } catch .notFound {
            throw .notFound(.policy, name: arn.description)
        }
        guard record.arn(in: account) == arn else { throw .notFound(.policy, name: arn.description) }
        return .own(record)
    }

    /// Attaches a managed policy to a role or user; the policy cannot be deleted in between.
    package func attach<H: PolicyHolder>(
        _ policy: ARN, to type: H.Type, _ name: EntityName
    ) async throws(IdentityError) {
        try await update(type, name, alongside: { () throws(IdentityError) in try await self.touch(policy) }) {
            holder throws(IdentityError) in try holder.policies.attach(policy)
        }
    }

    /// Writes a policy as it is, so that whoever deletes it at the same time notices.
    private func touch(_ policy: ARN) async throws(IdentityError) -> [WriteOperation] {
        guard case .own(let found) = try await self.policy(policy) else { return [] }
        let (record, version) = try await versioned(PolicyRecord.self, found.name)
        return [try Self.put(record, expect: .version(version))]
    }

    /// Detaches a managed policy from a role or user.
    package func detach<H: PolicyHolder>(
        _ policy: ARN, from type: H.Type, _ name: EntityName
    ) async throws(IdentityError) {
        try await update(type, name) { holder throws(IdentityError) in try holder.policies.detach(policy) }
    }

    /// How many roles and users have a policy attached.
    package func attachmentCount(of policy: ARN) async throws(IdentityError) -> Int {
        try await allHolders(RoleRecord.self, of: policy).count + allHolders(UserRecord.self, of: policy).count
    }

    /// All roles or users that have a policy attached.
    package func allHolders<H: PolicyHolder>(_ type: H.Type, of policy: ARN) async throws(IdentityError) -> [H] {
        var all: [H] = []
        var marker: String?
        repeat {
            let page = try await holders(type, of: policy, after: marker, limit: 1000)
            all += page.records
            marker = page.marker
        } while marker != nil
        return all
    }

    /// How many roles and users have each policy attached, by its ARN.
    package func attachmentCounts() async throws(IdentityError) -> [String: Int] {
        var counts: [String: Int] = [:]
        try await count(RoleRecord.self, into: &counts)
        try await count(UserRecord.self, into: &counts)
        return counts
    }

    private func count<H: PolicyHolder>(
        _ type: H.Type, into counts: inout [String: Int]
    ) async throws(IdentityError) {
        var marker: String?
        repeat {
            let page = try await list(type, after: marker, limit: 1000)
            for holder in page.records {
                for policy in holder.policies.attached { counts[policy, default: 0] += 1 }
            }
            marker = page.marker
        } while marker != nil
    }

    /// Changes one of the account's own policies.
    @discardableResult
    package func updatePolicy(
        _ arn: ARN, _ change: (inout PolicyRecord) throws(IdentityError) -> Void
    ) async throws(IdentityError) -> PolicyRecord {
        try await update(PolicyRecord.self, try await ownPolicy(arn).name, change)
    }

    /// Deletes one of the account's own policies: one version is left, and nobody has it attached.
    package func deletePolicy(_ arn: ARN) async throws(IdentityError) {
        let (record, version) = try await versioned(PolicyRecord.self, try await ownPolicy(arn).name)
        guard record.versions.count == 1 else { throw .inTheWay(.versions) }
        guard try await attachmentCount(of: arn) == 0 else { throw .inTheWay(.attachments) }
        do {
            try await commit([.delete(PolicyRecord.recordKey(record.name), expect: .version(version))])
        } catch .store(.conflict) {
            // Whoever attaches a policy writes its record too, so it was attached or changed just now.
            throw .inTheWay(.attachments)
        }
    }

    private func ownPolicy(_ arn: ARN) async throws(IdentityError) -> PolicyRecord {
        guard case .own(let record) = try await policy(arn) else { throw .unmodifiable(name: arn.description) }
        return record
    }

    /// The name at the end of a policy's ARN.
    private static func policyName(_ arn: ARN) -> EntityName? {
        guard arn.resource.hasPrefix("policy/"), let last = arn.resource.split(separator: "/").last else { return nil }
        // A text that is no name names no policy.
        return try? EntityName(String(last))
    }
}
