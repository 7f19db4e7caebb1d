import Core
import Platform

extension StepFunctionsOperations {
    var aliasOperations: [String: Handler] {
        [
            "CreateStateMachineAlias": createAlias, "DescribeStateMachineAlias": describeAlias,
            "UpdateStateMachineAlias": updateAlias, "DeleteStateMachineAlias": deleteAlias,
            "ListStateMachineAliases": listAliases,
        ]
    }

    @Sendable private func createAlias(_ request: Request) async throws -> WireValue {
        let name = try request.name()
        guard !name.text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
            throw WireError("InvalidName", "Invalid Name: '\(name)': digits alone are a version")
        }
        let (machine, routes) = try routing(request)
        let alias = try await machines.createAlias(
            name, of: machine, description: request.input["description"]?.string ?? "", routes)
        return [
            "stateMachineAliasArn": .string(machines.arn(machine, name.text).description),
            "creationDate": .timestamp(alias.created.seconds),
        ]
    }

    @Sendable private func describeAlias(_ request: Request) async throws -> WireValue {
        let (machine, name) = try named(request)
        let alias = try await machines.alias(name, of: machine)
        return [
            "stateMachineAliasArn": .string(machines.arn(machine, name.text).description), "name": .string(name.text),
            "description": .string(alias.description),
            "routingConfiguration": .list(
                alias.routes.map { route in
                    [
                        "stateMachineVersionArn": .string(machines.arn(machine, "\(route.version)").description),
                        "weight": .integer(Int64(route.weight)),
                    ]
                }), "creationDate": .timestamp(alias.created.seconds),
            "updateDate": .timestamp(alias.updated.seconds),
        ]
    }

    @Sendable private func updateAlias(_ request: Request) async throws -> WireValue {
        let (machine, name) = try named(request)
        var routes: [WorkflowAlias.Route]?
        if request.input["routingConfiguration"] != nil {
            let routing = try routing(request)
            guard routing.machine == machine else {
                throw WireError("ValidationException", "The versions of an alias are those of its own state machine.")
            }
            routes = routing.routes
        }
        guard routes != nil || request.input["description"] != nil else {
            throw WireError(
                "ValidationException",
                "Either description or routing configuration must be specified to update a state machine alias.")
        }
        let alias = try await machines.updateAlias(
            name, of: machine, description: request.input["description"]?.string, routes)
        return ["updateDate": .timestamp(alias.updated.seconds)]
    }

    @Sendable private func deleteAlias(_ request: Request) async throws -> WireValue {
        let (machine, name) = try named(request)
        try await machines.deleteAlias(name, of: machine)
        return [:]
    }

    @Sendable private func listAliases(_ request: Request) async throws -> WireValue {
        let reference = try machines.reference(request.arn("stateMachineArn"))
        _ = try await machines.tags(of: reference.name)
        let page = try await machines.aliases(of: reference.name, after: request.token, limit: request.limit)
        let shown = page.aliases.filter { entry in
            guard case .version(let number)? = reference.qualifier else { return true }
            return entry.alias.routes.contains { $0.version == number }
        }
        return [
            "stateMachineAliases": .list(
                shown.map { name, alias in
                    [
                        "stateMachineAliasArn": .string(machines.arn(reference.name, name.text).description),
                        "creationDate": .timestamp(alias.created.seconds),
                    ]
                }), "nextToken": WireValue(page.next),
        ]
    }

    /// The machine and the name of the alias that is meant.
    private func named(_ request: Request) throws -> (machine: WorkflowName, alias: WorkflowName) {
        let text = try request.arn("stateMachineAliasArn")
        guard let reference = try? machines.reference(text), case .alias(let name)? = reference.qualifier else {
            throw Request.invalidARN(text)
        }
        return (reference.name, name)
    }

    /// The versions that an alias leads to, which are all of one machine.
    private func routing(_ request: Request) throws -> (machine: WorkflowName, routes: [WorkflowAlias.Route]) {
        var machine: WorkflowName?
        var routes: [WorkflowAlias.Route] = []
        for route in request.input["routingConfiguration"]?.list ?? [] {
            let text = route["stateMachineVersionArn"]?.string ?? ""
            guard let reference = try? machines.reference(text), case .version(let number)? = reference.qualifier else {
                throw Request.invalidARN(text)
            }
            guard machine == nil || machine == reference.name else {
                throw WireError(
                    "ValidationException",
                    "Routing configuration must contain versions of one and the same state machine.")
            }
            machine = reference.name
            routes.append(WorkflowAlias.Route(version: number, weight: route["weight"]?.int ?? 0))
        }
        guard let machine else {
            throw WireError("ValidationException", "Routing configuration must contain one or two versions.")
        }
        return (machine, routes)
    }
}
