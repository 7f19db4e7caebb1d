import Core
import Platform

extension StepFunctionsOperations {
    var versionOperations: [String: Handler] {
        [
            "PublishStateMachineVersion": publish, "ListStateMachineVersions": listVersions,
            "DeleteStateMachineVersion": deleteVersion,
        ]
    }

    @Sendable private func publish(_ request: Request) async throws -> WireValue {
        let name = try machines.name(request.arn("stateMachineArn"))
        let (number, version) = try await machines.publish(
            name, revision: request.input["revisionId"]?.string,
            description: request.input["description"]?.string ?? "")
        return [
            "stateMachineVersionArn": .string(machines.arn(name, "\(number)").description),
            "creationDate": .timestamp(version.created.seconds),
        ]
    }

    @Sendable private func listVersions(_ request: Request) async throws -> WireValue {
        let name = try machines.name(request.arn("stateMachineArn"))
        let page = try await machines.versions(of: name, after: request.token, limit: request.limit)
        return [
            "stateMachineVersions": .list(
                page.versions.map { number, version in
                    [
                        "stateMachineVersionArn": .string(machines.arn(name, "\(number)").description),
                        "creationDate": .timestamp(version.created.seconds),
                    ]
                }), "nextToken": WireValue(page.next),
        ]
    }

    @Sendable private func deleteVersion(_ request: Request) async throws -> WireValue {
        let text = try request.arn("stateMachineVersionArn")
        let reference = try machines.reference(text)
        guard case .version(let number)? = reference.qualifier else { throw Request.invalidARN(text) }
        try await machines.deleteVersion(number, of: reference.name)
        return [:]
    }

    /// The ARN of the version that a new or changed machine is published as, where that is asked for.
    func published(_ request: Request, _ name: WorkflowName) async throws -> WireValue {
        guard request.input["publish"]?.bool == true else { return .null }
        let description = request.input["versionDescription"]?.string ?? ""
        let number = try await machines.publish(name, description: description).number
        return .string(machines.arn(name, "\(number)").description)
    }
}

extension StepFunctionsOperations.Request {
    /// A description is that of a version, and there must be one to be described.
    func checkPublishing() throws {
        guard input["versionDescription"] == nil || input["publish"]?.bool == true else {
            throw WireError("ValidationException", "Version description can only be set when publish is true")
        }
    }
}
