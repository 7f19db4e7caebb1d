import Core
import Platform

extension LambdaOperations {
    var concurrencyOperations: [String: Handler] {
        [
            "PutFunctionConcurrency": putConcurrency, "GetFunctionConcurrency": getConcurrency,
            "DeleteFunctionConcurrency": deleteConcurrency, "GetAccountSettings": getAccountSettings,
            "PutProvisionedConcurrencyConfig": putProvisioned, "GetProvisionedConcurrencyConfig": noProvisioned,
            "DeleteProvisionedConcurrencyConfig": noProvisioned,
            "ListProvisionedConcurrencyConfigs": listProvisioned,
        ]
    }

    @Sendable private func putConcurrency(_ request: Request) async throws -> WireValue {
        let limit = request.input["ReservedConcurrentExecutions"]?.int ?? 0
        try await functions.setReservedConcurrency(limit, of: request.wholeFunction(), in: request.account)
        return ["ReservedConcurrentExecutions": WireValue(limit)]
    }

    @Sendable private func getConcurrency(_ request: Request) async throws -> WireValue {
        let found = try await functions.describe(request.wholeFunction(), nil, in: request.account)
        return ["ReservedConcurrentExecutions": WireValue(found.reservedConcurrency)]
    }

    @Sendable private func deleteConcurrency(_ request: Request) async throws -> WireValue {
        try await functions.setReservedConcurrency(nil, of: request.wholeFunction(), in: request.account)
        return [:]
    }

    @Sendable private func getAccountSettings(_ request: Request) async throws -> WireValue {
        let usage = try await functions.usage(of: request.account)
        let limits = functions.limits
        return [
            "AccountLimit": [
                "TotalCodeSize": WireValue(limits.codeStorage), "CodeSizeUnzipped": WireValue(Functions.unpackedLimit),
                "CodeSizeZipped": WireValue(Functions.archiveLimit),
                "ConcurrentExecutions": WireValue(limits.concurrency),
                "UnreservedConcurrentExecutions": WireValue(
                    try await functions.unreservedConcurrency(in: request.account)),
            ],
            "AccountUsage": [
                "TotalCodeSize": WireValue(usage.codeBytes), "FunctionCount": WireValue(usage.functions),
            ],
        ]
    }

    @Sendable private func putProvisioned(_ request: Request) async throws -> WireValue {
        _ = try await functions.describe(try request.reference().name, nil, in: request.account)
        throw WireError.invalidParameter(
            "Provisioned concurrency is not supported by this server: starts are prepared for every function.")
    }

    @Sendable private func noProvisioned(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        _ = try await functions.describe(reference.name, reference.qualifier, in: request.account)
        throw WireError(
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function", status: 404)
    }

    @Sendable private func listProvisioned(_ request: Request) async throws -> WireValue {
        _ = try await functions.describe(request.wholeFunction(), nil, in: request.account)
        return ["ProvisionedConcurrencyConfigs": []]
    }
}
