import Core
import Platform

extension LambdaOperations {
    var codeOperations: [String: Handler] {
        ["UpdateFunctionCode": updateCode, "GetFunctionCodeSigningConfig": getCodeSigning]
    }

    @Sendable private func updateCode(_ request: Request) async throws -> WireValue {
        let input = request.input
        try input.refuse("PublishTo")
        var change = CodeChange(archive: try input.archive())
        if let architecture = input["Architectures"]?.strings?.first {
            do { change.architecture = try Architecture(served: architecture) } catch { throw WireError(error) }
        }
        change.publish = input["Publish"]?.bool ?? false
        change.dryRun = input["DryRun"]?.bool ?? false
        change.expectedRevision = input["RevisionId"]?.string
        let version = try await functions.updateCode(of: request.wholeFunction(), change, in: request.account)
        return FunctionValue(version).complete
    }

    /// No code is signed: AWS answers with the name alone.
    @Sendable private func getCodeSigning(_ request: Request) async throws -> WireValue {
        let name = try request.reference().name
        _ = try await functions.describe(name, nil, in: request.account)
        return ["FunctionName": .string(name.text)]
    }
}
