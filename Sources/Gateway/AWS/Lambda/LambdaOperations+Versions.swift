import Core
import Platform

extension LambdaOperations {
    var versionOperations: [String: Handler] {
        ["PublishVersion": publish, "ListVersionsByFunction": listVersions]
    }

    @Sendable private func publish(_ request: Request) async throws -> WireValue {
        let input = request.input
        try input.refuse("PublishTo")
        let expected = FunctionState.Expected(
            revision: input["RevisionId"]?.string,
            codeDigest: input["CodeSha256"]?.string.flatMap { $0.isEmpty ? nil : $0 })
        let version = try await functions.publishVersion(
            of: request.wholeFunction(), expecting: expected, description: input["Description"]?.string,
            in: request.account)
        return FunctionValue(version).complete
    }

    @Sendable private func listVersions(_ request: Request) async throws -> WireValue {
        let page = try await functions.listVersions(
            of: request.reference().name, after: request.input["Marker"]?.string, limit: request.pageSize,
            in: request.account)
        return WireValue(page, named: "Versions") { version in
            var value = FunctionValue(version).listed
            value["FunctionArn"] = .string(version.qualifiedARN)
            return value
        }
    }
}
