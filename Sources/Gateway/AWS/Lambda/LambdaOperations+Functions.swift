import Core
import Platform

extension LambdaOperations {
    var functionOperations: [String: Handler] {
        [
            "CreateFunction": create, "GetFunction": get, "GetFunctionConfiguration": getConfiguration,
            "UpdateFunctionConfiguration": updateConfiguration, "DeleteFunction": delete, "ListFunctions": list,
        ]
    }

    @Sendable private func create(_ request: Request) async throws -> WireValue {
        let name = try request.wholeFunction()
        let reader = ConfigurationInput(input: request.input)
        try reader.refuseUnserved()
        let new = NewFunction(
            name: name, configuration: try reader.create(name),
            archive: try (request.input["Code"] ?? [:]).archive(), tags: request.input.texts("Tags") ?? [:],
            publish: request.input["Publish"]?.bool ?? false)
        return FunctionValue(try await functions.create(new, in: request.account)).complete
    }

    @Sendable private func get(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        let found = try await functions.describe(reference.name, reference.qualifier, in: request.account)
        let link = links.link(to: .function(reference.name, found.version.number), in: request.account)
        return [
            "Configuration": FunctionValue(found.version, qualifier: reference.qualifier).complete,
            "Code": ["RepositoryType": "S3", "Location": .string(request.call.endpoint + link)],
            "Tags": found.tags.isEmpty ? nil : .tags(found.tags),
            "Concurrency": found.reservedConcurrency.map { ["ReservedConcurrentExecutions": WireValue($0)] } ?? nil,
        ]
    }

    @Sendable private func getConfiguration(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        let found = try await functions.describe(reference.name, reference.qualifier, in: request.account)
        return FunctionValue(found.version, qualifier: reference.qualifier).complete
    }

    @Sendable private func updateConfiguration(_ request: Request) async throws -> WireValue {
        let reader = ConfigurationInput(input: request.input)
        try reader.refuseUnserved()
        let version = try await functions.updateConfiguration(
            of: request.wholeFunction(), expecting: request.input["RevisionId"]?.string, in: request.account
        ) { configuration throws(FunctionError) in try reader.apply(to: &configuration) }
        return FunctionValue(version).complete
    }

    @Sendable private func delete(_ request: Request) async throws -> WireValue {
        let reference = try request.reference()
        switch reference.qualifier {
        case nil: try await functions.delete(reference.name, in: request.account)
        case .version(let number):
            try await functions.deleteVersion(number, of: reference.name, in: request.account)
        case .latest:
            throw WireError.invalidParameter("$LATEST version cannot be deleted without deleting the function.")
        case .alias:
            throw WireError.invalidParameter("Deletion of an alias is done by DeleteAlias, not by DeleteFunction.")
        }
        return ["StatusCode": 204]
    }

    @Sendable private func list(_ request: Request) async throws -> WireValue {
        let marker = request.input["Marker"]?.string
        if request.input["FunctionVersion"]?.string == "ALL" {
            let page = try await functions.listAllVersions(
                after: marker, limit: request.pageSize, in: request.account)
            return WireValue(page, named: "Functions") { version in
                var value = FunctionValue(version).listed
                value["FunctionArn"] = .string(version.qualifiedARN)
                return value
            }
        }
        let page = try await functions.list(after: marker, limit: request.pageSize, in: request.account)
        return WireValue(page, named: "Functions") { FunctionValue($0).listed }
    }
}

extension WireValue {
    /// Tags, ordered by key.
    static func tags(_ tags: [String: String]) -> WireValue {
        .structure(WireFields(tags.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}
