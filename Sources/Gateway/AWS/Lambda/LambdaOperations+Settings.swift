import Core
import Platform

extension LambdaOperations {
    var settingOperations: [String: Handler] {
        [
            "GetRuntimeManagementConfig": getRuntimeManagement, "PutRuntimeManagementConfig": putRuntimeManagement,
            "GetFunctionRecursionConfig": getRecursion, "PutFunctionRecursionConfig": putRecursion,
        ]
    }

    @Sendable private func getRuntimeManagement(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        let policy = try await functions.runtimeUpdates(
            of: reference.name, reference.qualifier, in: request.account)
        return show(policy, reference, request)
    }

    @Sendable private func putRuntimeManagement(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        let text = request.input["UpdateRuntimeOn"]?.string ?? ""
        guard let policy = RuntimeUpdatePolicy(rawValue: text) else {
            throw WireError.invalidParameter(
                "UpdateRuntimeOn \(text.prefix(32)) is not supported by this server: a runtime is what the machine has."
            )
        }
        try await functions.setRuntimeUpdates(policy, of: reference.name, reference.qualifier, in: request.account)
        return show(policy, reference, request)
    }

    @Sendable private func getRecursion(_ request: Request) async throws -> WireValue {
        let settings = try await functions.settings(of: request.wholeFunction(), in: request.account)
        return ["RecursiveLoop": .string(settings.recursion.rawValue)]
    }

    @Sendable private func putRecursion(_ request: Request) async throws -> WireValue {
        let text = request.input["RecursiveLoop"]?.string ?? ""
        guard let policy = RecursionPolicy(rawValue: text) else {
            throw WireError.invalidParameter("RecursiveLoop \(text.prefix(32)) is not Allow or Terminate.")
        }
        try await functions.setRecursion(policy, of: request.wholeFunction(), in: request.account)
        return ["RecursiveLoop": .string(text)]
    }

    private func show(
        _ policy: RuntimeUpdatePolicy, _ reference: FunctionReference, _ request: Request
    ) -> WireValue {
        let arn = functions.arn(reference.name, reference.qualifier ?? .latest, in: request.account)
        return ["UpdateRuntimeOn": .string(policy.rawValue), "FunctionArn": .string(arn)]
    }
}
