import AccessPolicy
import Core
import Synchronization

/// Decides whether a request may happen: the one place that every request passes before anything is done.
///
/// For any thread, without waiting: policies that are not here yet are loaded (`Identity.loadPolicies`), then asked again.
/// What changes in the account forgets them before the change is acknowledged.
/// Source: IAM user guide, "Policy evaluation logic".
package final class AccessControl: Sendable {
    /// Where the tags of what requests act on are found.
    package typealias TagSource = @Sendable (Resource) async throws -> [String: String]

    /// What was found about a request.
    package enum Verdict: Sendable {
        case allowed
        case denied(AccessDenied)
        /// The holder's policies must be loaded first.
        case unloaded(HolderPolicies.Holder)
    }

    private let holders: LatelyRead<HolderPolicies.Holder, HolderPolicies?>
    private let resourcePolicies = Mutex(BoundedCache<String, Authorization.ResourcePolicy>(limit: 1024))
    private let tagSource = Mutex<TagSource?>(nil)

    /// Knows no policies yet; what another server changed of them is seen when they are trusted no longer.
    package init(trust: Duration = .seconds(5)) { holders = LatelyRead(limit: 4096, trust: trust) }

    /// Whether `principal` may do it; `policy` is the resource's own, where it has one.
    package func decide(
        _ principal: Principal, _ action: Action, on resource: Resource,
        policy: Authorization.ResourcePolicy = .none, in context: @autoclosure () -> AccessContext
    ) -> Verdict {
        var asksForTags = false
        return decide(principal, action, on: resource, policy: policy, in: context(), asksForTags: &asksForTags)
    }

    /// The same; `asksForTags` says whether a policy asked for tags of the resource that are not known.
    func decide(
        _ principal: Principal, _ action: Action, on resource: Resource, policy: Authorization.ResourcePolicy,
        in context: @autoclosure () -> AccessContext, asksForTags: inout Bool
    ) -> Verdict {
        if case .administrator(let account) = principal, account == resource.owner, case .none = policy {
            return .allowed
        }
        if case .federatedUser = principal, ["iam", "sts"].contains(action.service) {
            // As on AWS: who has such credentials gets no others with them, and changes nobody's.
            return .denied(
                AccessDenied(
                    principal: principal, action: action, resource: resource,
                    decision: .implicitlyDenied(missing: .session)))
        }
        switch question(principal, action, resource, policy) {
        case .unloaded(let holder): return .unloaded(holder)
        case .ready(let question):
            var known: AccessContext?
            let decision = question.authorization.decide(question.request) { key in
                if known == nil { known = context() }
                if known?.resourceTags == nil, key.isResourceTag(of: action.service) { asksForTags = true }
                return question.value(of: key, in: known)
            }
            guard decision.isAllowed else {
                return .denied(
                    AccessDenied(principal: principal, action: action, resource: resource, decision: decision))
            }
            return .allowed
        }
    }

    /// The tags of what is acted on, as conditions know them; none where nobody keeps any.
    func tags(of resource: Resource) async throws -> [String: String] {
        guard let source = tagSource.withLock({ $0 }) else { return [:] }
        return try await source(resource).foldedKeys
    }

    /// From now on tags are asked for here.
    package func findTags(_ source: @escaping TagSource) { tagSource.withLock { $0 = source } }

    /// How a decision comes about; `nil` where policies must be loaded first.
    package func explain(
        _ principal: Principal, _ action: Action, on resource: Resource, policy: Authorization.ResourcePolicy,
        in context: AccessContext
    ) -> Explanation? {
        guard case .ready(let question) = question(principal, action, resource, policy) else { return nil }
        return question.authorization.explain(question.request) { question.value(of: $0, in: context) }
    }

    /// The policy of a resource, from its text; compiled once.
    ///
    /// The policies of functions and layers only ever allow, so one that cannot be read allows nothing.
    package func resourcePolicy(_ text: String?, of name: String) -> Authorization.ResourcePolicy {
        guard let text else { return .none }
        return resourcePolicies.withLock { known in
            if let policy = known[text] { return policy }
            let compiled = (try? Policy(parsing: text, use: .resource)).map { NamedPolicy(name, $0) }
            let policy = compiled.map { Authorization.ResourcePolicy.of($0) } ?? .none
            known[text] = policy
            return policy
        }
    }

    /// What is known of a holder; `nil` where its policies are not loaded.
    func known(_ holder: HolderPolicies.Holder) -> HolderPolicies?? { holders[holder] }

    /// Counts changes; what was loaded before one is not kept.
    package var generation: UInt64 { holders.changes }

    /// Keeps what was loaded, unless something changed since; `nil` says that there is no such holder.
    package func keep(
        _ policies: HolderPolicies?, of holder: HolderPolicies.Holder, ifUnchangedSince generation: UInt64
    ) {
        holders.keep(policies, for: holder, ifUnchangedSince: generation)
    }

    /// Something changed in the account.
    package func forgetAll() { holders.forget { _ in true } }

    private struct Question {
        let request: AccessRequest
        let authorization: Authorization
        let principal: Principal
        let service: String
        /// Those of a session, which win over its role's, and those of a user or role.
        let sessionTags: PrincipalTags?
        let ownTags: PrincipalTags?

        func value(of key: ContextKey, in context: AccessContext?) -> ContextValue? {
            if key.isPrincipalTag {
                return (sessionTags?.value(of: key) ?? ownTags?.value(of: key)).map { .text($0) }
            }
            return context?.value(of: key, for: service) ?? context.flatMap { principal.value(of: key, in: $0) }
        }
    }

    /// What the account itself may do, as a policy: somebody whom it gives credentials has its permissions for a start.
    private static let everything = PlatformPolicy.all.first { $0.name == "AdministratorAccess" }.flatMap { policy in
        // The policy is one that the program brings along.
        (try? Policy(parsing: policy.document, use: .identity)).map { PolicyGroup([NamedPolicy(policy.arn, $0)]) }
    }

    private enum Asked {
        case ready(Question)
        case unloaded(HolderPolicies.Holder)
    }

    private func question(
        _ principal: Principal, _ action: Action, _ resource: Resource, _ policy: Authorization.ResourcePolicy
    ) -> Asked {
        var authorization = Authorization(resource: policy)
        var found: HolderPolicies?
        if let holder = principal.holder {
            guard let known = holders[holder] else { return .unloaded(holder) }
            found = known
        }
        if let holder = found, principal.isServed(by: holder) {
            authorization.identity = holder.policies
            authorization.boundary = holder.boundary
            if case .session(let session) = principal { authorization.session = session.limits?.policies }
        }
        if case .federatedUser(let federated) = principal {
            authorization.session = federated.limits?.policies
            if federated.user == nil, let all = Self.everything { authorization.identity = all }
        }
        let tags = (session: principal.limits?.tags, own: found?.tags)
        let request = AccessRequest(
            principal.requester(found), action.policyName, on: resource.text, of: resource.owner,
            tags: TagFilter([tags.session, tags.own].compactMap { $0 }))
        return .ready(
            Question(
                request: request, authorization: authorization, principal: principal, service: action.service,
                sessionTags: tags.session, ownTags: tags.own))
    }
}

extension Principal {
    /// Whether policies of a holder of the principal's name are still those of the principal.
    fileprivate func isServed(by holder: HolderPolicies) -> Bool {
        switch self {
        case .user(let user): user.id == holder.id
        case .federatedUser(let federated): federated.user?.id == holder.id
        case .session(let session): session.roleID == holder.id
        case .function: holder.isForFunctions
        case .administrator, .service, .federated, .anonymous: false
        }
    }

    /// Who asks, as policies know it.
    fileprivate func requester(_ holder: HolderPolicies?) -> Requester {
        switch self {
        case .administrator(let account): .root(account)
        case .user(let user): .user(user.account, arn: "\(user.arn)", id: user.id)
        case .session(let session):
            .roleSession(
                session.account,
                role: holder?.arn
                    ?? "\(ARN(service: "iam", region: nil, account: session.account, resource: "role/\(session.role)"))",
                roleID: session.roleID, session: "\(session.arn)")
        case .federatedUser(let federated):
            .federatedUser(
                federated.account,
                user: federated.user.map { "\($0.arn)" } ?? "\(Principal.administrator(federated.account).arn)",
                session: "\(federated.arn)")
        case .function(let function):
            .roleSession(
                function.account, role: holder?.arn ?? "\(function.role)", roleID: holder?.id ?? function.roleID,
                session: "\(function.arn)")
        case .service(let name, _): .service(name)
        case .federated(let identity): .federated(provider: "\(identity.provider)")
        case .anonymous: .anonymous
        }
    }

    /// What a session was limited to.
    fileprivate var limits: SessionLimits? {
        switch self {
        case .session(let session): session.limits
        case .federatedUser(let federated): federated.limits
        default: nil
        }
    }
}
