import AccessPolicy
import Core

/// What of the account's users, roles and policies has a say in requests.
extension Identity {
    /// Lets a request go on, or throws `AccessDenied`.
    package nonisolated func authorize(
        _ principal: Principal, _ action: Action, on resource: Resource,
        policy: Authorization.ResourcePolicy = .none, in context: AccessContext
    ) async throws {
        var context = context
        while true {
            var asksForTags = false
            let verdict = access.decide(
                principal, action, on: resource, policy: policy, in: context, asksForTags: &asksForTags)
            if asksForTags {
                context.resourceTags = try await access.tags(of: resource)
                continue
            }
            switch verdict {
            case .allowed: return
            case .denied(let denied): throw denied
            case .unloaded(let holder): try await loadPolicies(of: holder)
            }
        }
    }

    /// How a decision about a request comes about.
    package nonisolated func explain(
        _ principal: Principal, _ action: Action, on resource: Resource,
        policy: Authorization.ResourcePolicy = .none, in context: AccessContext
    ) async throws -> Explanation {
        var context = context
        context.resourceTags = try await access.tags(of: resource)
        while true {
            if let explanation = access.explain(principal, action, on: resource, policy: policy, in: context) {
                return explanation
            }
            guard let holder = principal.holder else { throw IdentityError.unreadable }
            try await loadPolicies(of: holder)
        }
    }

    /// Brings the policies of a user or role to where requests ask for them, also to know that there is no such holder.
    ///
    /// A policy that cannot be read is no policy to be left out, because it may deny: then nothing is known, and the error
    /// says which.
    @discardableResult
    package func loadPolicies(of holder: HolderPolicies.Holder) async throws(IdentityError) -> HolderPolicies? {
        let generation = access.generation
        let policies = try await policies(of: holder)
        access.keep(policies, of: holder, ifUnchangedSince: generation)
        return policies
    }

    private func policies(of holder: HolderPolicies.Holder) async throws(IdentityError) -> HolderPolicies? {
        do throws(IdentityError) {
            switch holder {
            case .user(let name): return try await policies(of: try await get(UserRecord.self, name))
            case .role(let name): return try await policies(of: try await get(RoleRecord.self, name))
            }
        } catch {
            guard case .notFound(let kind, _) = error, kind == .user || kind == .role else { throw error }
            return nil
        }
    }

    private func policies(of user: UserRecord) async throws(IdentityError) -> HolderPolicies {
        HolderPolicies(
            arn: "\(user.identity(in: account).arn)", id: user.id, policies: try await compiled(user.policies),
            boundary: try await boundary(user.boundary), tags: user.tags.values)
    }

    private func policies(of role: RoleRecord) async throws(IdentityError) -> HolderPolicies {
        let trust = try Self.compile(role.trust.text, named: "trust policy of \(role.name)", use: .trust)
        let service = AccessRequest(
            .service("lambda.amazonaws.com"), ActionName("sts:AssumeRole"), on: "\(role.arn(in: account))", of: account)
        let isForFunctions = Authorization(resource: .trust(trust)).decide(service) { _ in nil }.isAllowed
        return HolderPolicies(
            arn: "\(role.arn(in: account))", id: role.id, policies: try await compiled(role.policies),
            boundary: try await boundary(role.boundary), tags: role.tags.values, isForFunctions: isForFunctions,
            trust: trust)
    }

    private func compiled(_ set: PolicySet) async throws(IdentityError) -> [NamedPolicy] {
        var policies: [NamedPolicy] = []
        for (name, document) in set.inline.sorted(by: { $0.key < $1.key }) {
            policies.append(try Self.compile(document.text, named: name, use: .identity))
        }
        for arn in set.attached { policies.append(try await managed(arn)) }
        return policies
    }

    private func boundary(_ arn: String?) async throws(IdentityError) -> NamedPolicy? {
        guard let arn else { return nil }
        return try await managed(arn)
    }

    /// Compiles the version that applies of a managed policy.
    package func managed(_ text: String) async throws(IdentityError) -> NamedPolicy {
        guard let arn = try? ARN(text) else { throw .unreadable }
        return try Self.compile(try await policy(arn).document, named: text, use: .identity)
    }

    /// Compiles a text that was checked when it was written.
    package static func compile(
        _ text: String, named name: String, use: Policy.Use
    ) throws(IdentityError) -> NamedPolicy {
        do throws(PolicyFlaw) { return NamedPolicy(name, try Policy(parsing: text, use: use)) } catch {
            throw .malformedDocument(error)
        }
    }
}
