import AccessPolicy
import Core
import Platform

/// What policies would say: `SimulatePrincipalPolicy` and `SimulateCustomPolicy`.
///
/// Source: IAM API reference, "SimulatePrincipalPolicy", "EvaluationResult".
extension IAM {
    var simulationOperations: [String: OperationHandler] {
        ["SimulatePrincipalPolicy": simulatePrincipal, "SimulateCustomPolicy": simulateCustom]
    }

    private func simulatePrincipal(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let arn = try input.policyARN("PolicySourceArn")
        let subject = try await identity.principal(named: arn)
        var policies: [PolicySource]
        var boundary: PolicySource?
        switch subject {
        case .user(let user):
            let record = try await identity.get(UserRecord.self, user.name)
            policies = try await identity.policySources(of: record)
            boundary = try await identity.boundarySource(of: record)
        case .session(let session) where arn.service == "iam":
            let record = try await identity.get(RoleRecord.self, session.role)
            policies = try await identity.policySources(of: record)
            boundary = try await identity.boundarySource(of: record)
        default:
            throw WireError("InvalidInput", "Invalid Entity Arn: \(arn) does not clearly define entity type or name.")
        }
        policies += Self.given(input, "PolicyInputList")
        boundary = Self.given(input, "PermissionsBoundaryPolicyInputList").first ?? boundary
        if input["ResourcePolicy"] != nil, input["CallerArn"] == nil, case .session = subject {
            throw WireError(
                "InvalidInput", "CallerArn is required where a ResourcePolicy is given and no user is asked for.")
        }
        let caller = try await caller(input) ?? Self.requester(subject, arn)
        return try simulate(caller, policies, boundary, input)
    }

    private func simulateCustom(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let account = identity.account
        let nobody = Requester.user(account, arn: "arn:aws:iam::\(account):user/simulated", id: "AIDASIMULATED")
        return try simulate(
            try await caller(input) ?? nobody, Self.given(input, "PolicyInputList"),
            Self.given(input, "PermissionsBoundaryPolicyInputList").first, input)
    }

    private func simulate(
        _ caller: Requester, _ policies: [PolicySource], _ boundary: PolicySource?, _ input: WireValue
    ) throws -> WireValue {
        let simulation: AccessSimulation
        do throws(PolicyFlaw) {
            simulation = try AccessSimulation(
                caller, policies: policies, boundary: boundary,
                resource: input["ResourcePolicy"]?.string.map {
                    PolicySource(id: "ResourcePolicy", kind: .resource, text: $0)
                },
                owner: owner(input), context: Self.context(input))
        } catch {
            throw WireError("InvalidInput", "The policy is malformed. \(error.description).")
        }
        let actions = input["ActionNames"]?.strings ?? []
        let resources = input["ResourceArns"]?.strings ?? ["*"]
        guard actions.count * resources.count <= 10_000 else {
            throw WireError("InvalidInput", "One call can ask about 10000 pairs of an action and a resource at most.")
        }
        for action in actions where action.split(separator: ":").count != 2 {
            throw WireError("InvalidInput", "Invalid Action Name: \(action.prefix(256))")
        }
        var pairs: [(String, String)] = []
        for action in actions { for resource in resources { pairs.append((action, resource)) } }
        // Only what the page shows is worked out.
        let page = try ListPage(of: pairs.map { ["Action": .string($0), "Resource": .string($1)] }, input)
        let results = page.entries.map { pair in
            Self.result(simulation, pair["Action"]?.string ?? "", pair["Resource"]?.string ?? "")
        }
        return Self.page(results, as: "EvaluationResults", marker: page.marker)
    }

    private static func result(_ simulation: AccessSimulation, _ action: String, _ resource: String) -> WireValue {
        let outcome = simulation.outcome(ActionName(action), on: resource)
        let decision: WireValue =
            switch outcome.decision {
            case .allowed: "allowed"
            case .explicitlyDenied: "explicitDeny"
            case .implicitlyDenied: "implicitDeny"
            }
        let matched = WireValue.list(outcome.matched.map(shape))
        let missing = WireValue(outcome.missing)
        let boundary: WireValue =
            outcome.isWithinBoundary.map { ["AllowedByPermissionsBoundary": .bool($0)] } ?? .null
        var result: WireValue = [
            "EvalActionName": .string(action), "EvalResourceName": .string(resource), "EvalDecision": decision,
            "MatchedStatements": matched, "MissingContextValues": missing,
            "PermissionsBoundaryDecisionDetail": boundary,
        ]
        if resource != "*" {
            result["ResourceSpecificResults"] = [
                [
                    "EvalResourceName": .string(resource), "EvalResourceDecision": decision,
                    "MatchedStatements": matched, "MissingContextValues": missing,
                    "PermissionsBoundaryDecisionDetail": boundary,
                ]
            ]
        }
        return result
    }

    private static func shape(_ match: AccessSimulation.Match) -> WireValue {
        func place(_ place: StatementPlaces.Place) -> WireValue {
            ["Line": WireValue(place.line), "Column": WireValue(place.column)]
        }
        let kind =
            switch match.source.kind {
            case .user: "user"
            case .role: "role"
            case .resource: "resource"
            case .platform: "aws-managed"
            case .managed, .boundary: "user-managed"
            case .given: "none"
            }
        return [
            "SourcePolicyId": .string(match.source.id), "SourcePolicyType": .string(kind),
            "StartPosition": place(match.extent.start), "EndPosition": place(match.extent.end),
        ]
    }

    /// Policies that came with the question, named as AWS names them: by the list and their place in it.
    private static func given(_ input: WireValue, _ member: String) -> [PolicySource] {
        (input[member]?.strings ?? []).enumerated().map {
            PolicySource(id: "\(member).\($0 + 1)", kind: .given, text: $1)
        }
    }

    /// In whose name the question is asked; only users can be named.
    private func caller(_ input: WireValue) async throws -> Requester? {
        guard input["CallerArn"] != nil else { return nil }
        let arn = try input.policyARN("CallerArn")
        guard arn.service == "iam", arn.resource.hasPrefix("user/"), let account = try? AccountID(arn.account) else {
            throw WireError("InvalidInput", "CallerArn must be the ARN of a user, not \(arn).")
        }
        guard account == identity.account, case .user(let user) = try await identity.principal(named: arn) else {
            return .user(account, arn: "\(arn)", id: "AIDAFOREIGN")
        }
        return .user(account, arn: "\(arn)", id: user.id)
    }

    private static func requester(_ subject: Principal, _ arn: ARN) -> Requester {
        guard case .session(let session) = subject else {
            return .user(subject.account, arn: "\(arn)", id: subject.uniqueID)
        }
        return .roleSession(session.account, role: "\(arn)", roleID: session.roleID, session: "\(session.arn)")
    }

    /// The account that owns what is asked for: named by its number or the ARN of its root.
    private func owner(_ input: WireValue) -> AccountID {
        guard let text = input["ResourceOwner"]?.string else { return identity.account }
        let named = (try? ARN(text))?.account ?? text
        return (try? AccountID(named)) ?? identity.account
    }

    /// The keys of conditions and their values, keys in lower case.
    private static func context(_ input: WireValue) -> [String: ContextValue] {
        var context: [String: ContextValue] = [:]
        for entry in input["ContextEntries"]?.list ?? [] {
            guard let name = entry["ContextKeyName"]?.string else { continue }
            let values = entry["ContextKeyValues"]?.strings ?? []
            let isList = entry["ContextKeyType"]?.string?.hasSuffix("List") == true || values.count != 1
            context[name.lowercased()] = isList ? .texts(values) : .text(values[0])
        }
        return context
    }
}
