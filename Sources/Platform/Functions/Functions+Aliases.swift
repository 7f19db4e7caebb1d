import Core
import Storage

/// An alias, and its name.
package struct AliasDescription: Sendable {
    package let name: AliasName
    package let arn: String
    package let alias: FunctionAlias
}

extension Functions {
    /// Makes an alias.
    package func createAlias(
        _ alias: AliasName, of name: FunctionName, _ new: AliasChange, in account: AccountID
    ) async throws(FunctionError) -> AliasDescription {
        let arn = arn(name, .alias(alias), in: account)
        let made = try await change(name, in: account) { draft throws(FunctionError) -> FunctionAlias in
            try draft.state.createAlias(alias, change: new, arn: arn, stamp: .now)
        }
        return AliasDescription(name: alias, arn: arn, alias: made)
    }

    /// Changes an alias.
    package func updateAlias(
        _ alias: AliasName, of name: FunctionName, _ new: AliasChange, in account: AccountID
    ) async throws(FunctionError) -> AliasDescription {
        let arn = arn(name, .alias(alias), in: account)
        let changed = try await change(name, in: account) { draft throws(FunctionError) -> FunctionAlias in
            try draft.state.updateAlias(alias, change: new, arn: arn, stamp: .now)
        }
        return AliasDescription(name: alias, arn: arn, alias: changed)
    }

    /// Deletes an alias; what is not there is deleted already.
    package func deleteAlias(
        _ alias: AliasName, of name: FunctionName, in account: AccountID
    ) async throws(FunctionError) {
        _ = try await change(name, in: account) { draft throws(FunctionError) -> Bool in
            if let url = draft.state.url(for: .alias(alias)) { draft.operations.append(.delete(.url(url.id))) }
            return draft.state.deleteAlias(alias)
        }
    }

    /// One alias.
    package func alias(
        _ alias: AliasName, of name: FunctionName, in account: AccountID
    ) async throws(FunctionError) -> AliasDescription {
        let arn = arn(name, .alias(alias), in: account)
        guard let found = try await load(name, in: account).value.aliases[alias.text] else {
            throw .aliasMissing(arn: arn)
        }
        return AliasDescription(name: alias, arn: arn, alias: found)
    }

    /// Aliases by name; only those that reach a version, where one is given.
    package func listAliases(
        of name: FunctionName, reaching version: VersionNumber?, after marker: String?, limit: Int,
        in account: AccountID
    ) async throws(FunctionError) -> Listing<AliasDescription> {
        let state = try await load(name, in: account).value
        let all = state.aliases.sorted { $0.key < $1.key }.compactMap { entry -> AliasDescription? in
            guard version.map(entry.value.routing.versions.contains) ?? true else { return nil }
            // The keys are names that were checked when they were made.
            guard let alias = try? AliasName(entry.key) else { return nil }
            return AliasDescription(name: alias, arn: arn(name, .alias(alias), in: account), alias: entry.value)
        }
        return try Listing(of: all, after: marker, limit: limit) { $0.name.text }
    }
}
