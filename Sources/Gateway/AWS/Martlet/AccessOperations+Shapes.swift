import AccessPolicy
import Core
import Platform

/// Explanations as the wire shows them.
extension AccessOperations {
    static func shape(
        _ explanation: Explanation, _ principal: Principal, _ action: Action, _ resource: Resource, _ notes: [String]
    ) -> WireValue {
        var output: WireValue = [
            "Principal": "\(principal.arn)", "Action": .string(action.description),
            "Resource": .string(resource.text), "Allowed": .bool(explanation.decision.isAllowed),
            "AppliedStatements": .list(
                explanation.applied.map { shape($0.statement, $0.effect) }),
            "NearMisses": .list(explanation.near.map(shape)), "Notes": WireValue(notes),
        ]
        switch explanation.decision {
        case .allowed(let statement):
            output["Decision"] = "allowed"
            output["DecidingStatement"] = statement.map { shape($0, .allow) }
        case .explicitlyDenied(let statement):
            output["Decision"] = "explicitDeny"
            output["DecidingStatement"] = shape(statement, .deny)
        case .implicitlyDenied(let kind):
            output["Decision"] = "implicitDeny"
            output["MissingPolicyKind"] = .string("\(kind)")
        }
        return output
    }

    private static func shape(_ statement: StatementReference, _ effect: Effect) -> WireValue {
        [
            "PolicyKind": .string("\(statement.kind)"), "Policy": .string(statement.policy),
            "Index": WireValue(statement.index), "Sid": WireValue(statement.sid), "Effect": .string(effect.rawValue),
        ]
    }

    private static func shape(_ miss: Explanation.NearMiss) -> WireValue {
        [
            "Statement": shape(miss.statement, miss.effect), "IsForOthers": .bool(miss.isForOthers),
            "FailedConditions": .list(
                miss.failed.map {
                    ["Operator": .string($0.comparison), "Key": .string($0.key), "IsAbsent": .bool($0.isAbsent)]
                }),
        ]
    }
}
