import Core

extension Functions {
    /// What a caller's name for a function means now, or as another server on the store has changed it, a few seconds
    /// later: all that is needed to run it.
    package func resolve(
        _ reference: FunctionReference, in account: AccountID
    ) async throws(FunctionError) -> ResolvedFunction {
        if let known = resolved[account, reference] { return known }
        let before = resolved.changes
        let found = try await find(reference, in: account)
        resolved.keep(found, as: reference, in: account, ifUnchangedSince: before)
        return found
    }

    private func find(
        _ reference: FunctionReference, in account: AccountID
    ) async throws(FunctionError) -> ResolvedFunction {
        let name = reference.name
        let arn = arn(name, reference.qualifier, in: account)
        // Functions of other accounts are not reachable, and look as if they were not there.
        guard reference.account == nil || reference.account == account else { throw .functionMissing(arn: arn) }
        let state: FunctionState
        do { state = try await load(name, in: account).value } catch .functionMissing {
            throw .functionMissing(arn: arn)
        }
        guard let routing = state.routing(for: reference.qualifier) else { throw .functionMissing(arn: arn) }
        let main = try await record(routing.main, of: name, state: state, in: account)
        var additional: (version: FunctionVersion, weight: Double)?
        if let other = routing.additional {
            let record = try await version(other.version, of: name, in: account)
            additional = (
                runnable(record, .published(other.version), of: name, state: state, in: account), other.weight
            )
        }
        return ResolvedFunction(
            name: name, qualifier: reference.qualifier, invokedARN: arn,
            reservedConcurrency: state.reservedConcurrency,
            eventInvoke: state.eventInvoke(for: reference.qualifier), endsLoops: state.recursion == .terminate,
            tags: state.tags.foldedKeys, channels: ResultChannels(tags: state.tags),
            url: state.url(for: reference.qualifier),
            policy: state.policyDocument(for: reference.qualifier),
            main: runnable(main, routing.main, of: name, state: state, in: account), additional: additional)
    }

    /// The plain zip of a version's code; `codeGone` if the version was replaced since it was resolved.
    package nonisolated func code(of version: FunctionVersion) async throws(FunctionError) -> [UInt8] {
        try await records.code(version.code, in: version.account)
    }

    /// The plain zips of a version's layers, in the order in which they are laid over one another.
    package nonisolated func layerCode(of version: FunctionVersion) async throws(FunctionError) -> [[UInt8]] {
        var zips: [[UInt8]] = []
        for code in version.layerCode { zips.append(try await records.code(code, in: version.account)) }
        return zips
    }
}
