import Core
import Storage

/// Aliases of state machines.
extension StateMachines {
    /// Makes an alias; the same again is no error.
    package func createAlias(
        _ alias: WorkflowName, of name: WorkflowName, description: String, _ routes: [WorkflowAlias.Route]
    ) async throws(WorkflowError) -> WorkflowAlias {
        let machine = try await checked(routes, of: name)
        let place = WorkflowRecords.key(name, alias: alias)
        let now = now
        let made = WorkflowAlias(description: description, routes: routes, created: now, updated: now)
        if let found = try await records.read(place, as: WorkflowAlias.self) {
            guard found.value.routes == routes, found.value.description == description else {
                throw .declined(.aliasExists(alias.text))
            }
            return found.value
        }
        guard try await aliases(of: name, after: nil, limit: WorkflowAlias.limit).aliases.count < WorkflowAlias.limit
        else { throw .declined(.tooManyAliases(limit: WorkflowAlias.limit)) }
        let put = try await records.put(made, at: place, key: machine.key, expect: .absent)
        guard try await records.commit([put]) != nil else { throw .changedMeanwhile(alias.text) }
        return made
    }

    /// An alias; `arn` is what it is missed by.
    package func alias(_ alias: WorkflowName, of name: WorkflowName) async throws(WorkflowError) -> WorkflowAlias {
        try await load(alias, of: name).value
    }

    /// Changes what an alias leads to, or its description, or both.
    package func updateAlias(
        _ alias: WorkflowName, of name: WorkflowName, description: String?, _ routes: [WorkflowAlias.Route]?
    ) async throws(WorkflowError) -> WorkflowAlias {
        var found = try await load(alias, of: name)
        if let routes { _ = try await checked(routes, of: name) }
        if let routes { found.value.routes = routes }
        if let description { found.value.description = description }
        found.value.updated = now
        let put = try await records.put(
            found.value, at: WorkflowRecords.key(name, alias: alias), key: found.key, expect: .version(found.version))
        guard try await records.commit([put]) != nil else { throw .changedMeanwhile(alias.text) }
        return found.value
    }

    /// Takes an alias away; its versions stay.
    package func deleteAlias(_ alias: WorkflowName, of name: WorkflowName) async throws(WorkflowError) {
        _ = try await load(alias, of: name)
        _ = try await records.commit([.delete(WorkflowRecords.key(name, alias: alias))])
    }

    /// Aliases of a machine in the order of their names, and where the next page begins.
    package func aliases(
        of name: WorkflowName, after token: String?, limit: Int
    ) async throws(WorkflowError) -> (aliases: [(name: WorkflowName, alias: WorkflowAlias)], next: String?) {
        let page: (found: [(id: String, value: WorkflowAlias)], last: String?) = try await records.page(
            WorkflowRecords.aliases, prefix: "\(name):", after: try PageToken.last(token), limit: limit)
        var aliases: [(name: WorkflowName, alias: WorkflowAlias)] = []
        for (id, alias) in page.found {
            guard let text = id.split(separator: ":").last, let own = WorkflowName(rawValue: String(text)) else {
                throw .unreadable(id: id)
            }
            aliases.append((own, alias))
        }
        return (aliases, page.last.map(PageToken.text))
    }

    private func load(
        _ alias: WorkflowName, of name: WorkflowName
    ) async throws(WorkflowError) -> WorkflowRecords.Found<WorkflowAlias> {
        guard let found = try await records.read(WorkflowRecords.key(name, alias: alias), as: WorkflowAlias.self) else {
            throw .declined(.resourceMissing(arn(name, alias.text).description))
        }
        return found
    }

    /// The machine of an alias, once it is clear that the routes lead somewhere.
    private func checked(
        _ routes: [WorkflowAlias.Route], of name: WorkflowName
    ) async throws(WorkflowError) -> WorkflowRecords.Found<Workflow> {
        if let flaw = WorkflowAlias.flaw(in: routes) { throw .declined(.badRouting(flaw)) }
        guard let machine = try await records.read(WorkflowRecords.key(name), as: Workflow.self) else {
            throw .declined(.resourceMissing(arn(name).description))
        }
        guard !machine.value.isDeleting else { throw .machineIsDeleting(name) }
        for route in routes where try await version(route.version, of: name) == nil {
            throw .declined(.resourceMissing(arn(name, "\(route.version)").description))
        }
        return machine
    }
}
