import AccessPolicy
import Core

/// What policies would say to requests that nobody makes.
///
/// Pure. Only what is given counts: a key of a condition that is not among `context`, and that who asks does not
/// answer, has no value, and is told as missing.
package struct AccessSimulation: Sendable {
    /// What came of one action on one resource.
    package struct Outcome: Sendable {
        package let decision: Decision
        /// What decided, in the order of the policies; nothing where nothing allows.
        package let matched: [Match]
        /// The keys that had no value, as the policies write them, each once.
        package let missing: [String]
        /// Whether the boundary allows it; `nil` where there is none.
        package let isWithinBoundary: Bool?
    }

    /// A statement that decided, and where it stands.
    package struct Match: Hashable, Sendable {
        package let source: PolicySource
        package let extent: StatementPlaces.Extent
    }

    private let requester: Requester
    private let owner: AccountID
    private let context: [String: ContextValue]
    private let authorization: Authorization
    private let sources: [String: PolicySource]
    private let places: [String: StatementPlaces]
    private let boundary: NamedPolicy?

    /// Compiles the policies; an error says which text is none.
    package init(
        _ requester: Requester, policies: [PolicySource], boundary: PolicySource? = nil, resource: PolicySource? = nil,
        owner: AccountID, context: [String: ContextValue]
    ) throws(PolicyFlaw) {
        self.requester = requester
        self.owner = owner
        self.context = context
        var sources: [String: PolicySource] = [:]
        func compile(_ source: PolicySource, _ use: Policy.Use) throws(PolicyFlaw) -> NamedPolicy {
            // The same text may come twice, and the same name with two texts.
            let name = "\(sources.count) \(source.id)"
            sources[name] = source
            return NamedPolicy(name, try Policy(parsing: source.text, use: use))
        }
        var authorization = Authorization()
        var identity: [NamedPolicy] = []
        for source in policies { identity.append(try compile(source, .identity)) }
        authorization.identity = PolicyGroup(identity)
        if let boundary { authorization.boundary = try compile(boundary, .identity) }
        if let resource { authorization.resource = .of(try compile(resource, .resource)) }
        self.authorization = authorization
        self.boundary = authorization.boundary
        self.sources = sources
        places = sources.mapValues { StatementPlaces(in: $0.text) }
    }

    /// Decides about one action on one resource.
    package func outcome(_ action: ActionName, on resource: String) -> Outcome {
        let request = AccessRequest(requester, action, on: resource, of: owner)
        var missing: [String] = []
        let explanation = authorization.explain(request) { key in
            if let value = context[key.folded] { return value }
            if !missing.contains(key.text) { missing.append(key.text) }
            return nil
        }
        return Outcome(
            decision: explanation.decision, matched: matches(explanation), missing: missing.sorted(),
            isWithinBoundary: boundary.map { bounds($0, request) })
    }

    /// A denial hides what allows, and where nothing allows nothing is shown.
    private func matches(_ explanation: Explanation) -> [Match] {
        let effect: Effect
        switch explanation.decision {
        case .allowed: effect = .allow
        case .explicitlyDenied: effect = .deny
        case .implicitlyDenied: return []
        }
        return explanation.applied.filter { $0.effect == effect && ($0.statement.kind != .boundary || effect == .deny) }
            .compactMap { applied in
                guard let source = sources[applied.statement.policy],
                    let extents = places[applied.statement.policy]?.extents,
                    extents.indices.contains(applied.statement.index)
                else { return nil }
                return Match(source: source, extent: extents[applied.statement.index])
            }
    }

    private func bounds(_ boundary: NamedPolicy, _ request: AccessRequest) -> Bool {
        Authorization(identity: [boundary]).decide(request) { key in
            context[key.folded]
        }.isAllowed
    }
}
