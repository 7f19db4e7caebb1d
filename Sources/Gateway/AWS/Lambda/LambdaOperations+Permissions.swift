import Core
import Platform

extension LambdaOperations {
    var permissionOperations: [String: Handler] {
        ["AddPermission": addPermission, "RemovePermission": removePermission, "GetPolicy": getPolicy]
    }

    @Sendable private func addPermission(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        let input = request.input
        let statement = PolicyStatement(
            sid: input["StatementId"]?.string ?? "", grantee: try .init(input["Principal"]?.string ?? ""),
            action: input["Action"]?.string ?? "",
            resource: functions.arn(reference.name, reference.qualifier, in: request.account),
            conditions: conditions(input))
        try await functions.addPermission(
            statement, to: reference.name, reference.qualifier, expecting: input["RevisionId"]?.string,
            in: request.account)
        return ["Statement": .string(statement.json.text)]
    }

    @Sendable private func removePermission(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        try await functions.removePermission(
            request.input["StatementId"]?.string ?? "", from: reference.name, reference.qualifier,
            expecting: request.input["RevisionId"]?.string, in: request.account)
        return [:]
    }

    @Sendable private func getPolicy(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        let policy = try await functions.policy(of: reference.name, reference.qualifier, in: request.account)
        return ["Policy": .string(policy.document), "RevisionId": .string(policy.revision)]
    }

    private func conditions(_ input: WireValue) -> [PolicyStatement.Condition] {
        var conditions: [PolicyStatement.Condition] = []
        func add(_ member: String, _ test: String, _ key: String) {
            if let text = input[member]?.string { conditions.append(.init(test, key, text)) }
        }
        add("SourceAccount", "StringEquals", "AWS:SourceAccount")
        add("EventSourceToken", "StringEquals", "lambda:EventSourceToken")
        add("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID")
        add("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType")
        if let flag = input["InvokedViaFunctionUrl"]?.bool {
            conditions.append(.init("Bool", "lambda:InvokedViaFunctionUrl", String(flag)))
        }
        add("SourceArn", "ArnLike", "AWS:SourceArn")
        return conditions
    }
}
