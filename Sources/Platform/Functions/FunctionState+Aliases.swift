import Core

extension FunctionState {
    static let aliasLimit = 500

    /// Makes an alias that points to versions that exist.
    package mutating func createAlias(
        _ name: AliasName, change: AliasChange, arn: String, stamp: ChangeStamp
    ) throws(FunctionError) -> FunctionAlias {
        guard aliases[name.text] == nil else { throw .aliasExists(arn: arn) }
        guard aliases.count < Self.aliasLimit else { throw .tooMany(what: "aliases", limit: Self.aliasLimit) }
        let alias = FunctionAlias(
            routing: try checkedRouting(change.version ?? .latest, weights: change.weights ?? [:], arn: arn),
            description: try Self.checked(description: change.description ?? ""), revision: stamp.revision)
        aliases[name.text] = alias
        return alias
    }

    /// Changes what is said and keeps the rest.
    package mutating func updateAlias(
        _ name: AliasName, change: AliasChange, arn: String, stamp: ChangeStamp
    ) throws(FunctionError) -> FunctionAlias {
        guard var alias = aliases[name.text] else { throw .aliasMissing(arn: arn) }
        guard change.expectedRevision == nil || change.expectedRevision == alias.revision else {
            throw .revisionMismatch(.alias)
        }
        let kept = alias.routing.additional.map { [$0.version: $0.weight] } ?? [:]
        alias.routing = try checkedRouting(
            change.version ?? alias.routing.main, weights: change.weights ?? kept, arn: arn)
        if let description = change.description { alias.description = try Self.checked(description: description) }
        alias.revision = stamp.revision
        aliases[name.text] = alias
        return alias
    }

    /// Forgets an alias and what was set for it; says whether it was there.
    package mutating func deleteAlias(_ name: AliasName) -> Bool {
        policies[name.text] = nil
        eventInvokes[name.text] = nil
        runtimeUpdates[name.text] = nil
        setURL(nil, for: .alias(name))
        return aliases.removeValue(forKey: name.text) != nil
    }

    private func checkedRouting(
        _ main: VersionNumber, weights: [Int: Double], arn: String
    ) throws(FunctionError) -> VersionRouting {
        let routing: VersionRouting
        do { routing = try VersionRouting(main, weights: weights) } catch { throw .configuration(error) }
        for case .published(let number) in routing.versions where !published.contains(number) {
            let function = arn.split(separator: ":").dropLast().joined(separator: ":")
            throw .functionMissing(arn: "\(function):\(number)")
        }
        return routing
    }

    static func checked(description: String) throws(FunctionError) -> String {
        guard description.utf8.count <= 1024, description.count <= 256 else {
            throw .configuration(.descriptionTooLong(limit: 256))
        }
        return description
    }
}
