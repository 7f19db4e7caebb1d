import Core
import Storage

/// How asynchronous calls of a qualifier are treated, and its ARN.
package struct EventInvokeDescription: Sendable {
    package let arn: String
    package let setting: EventInvokeSetting
}

extension Functions {
    /// Sets how asynchronous calls are treated; `keeping` leaves what is not said as it was.
    package func setEventInvoke(
        _ new: EventInvokeConfiguration, of name: FunctionName, _ qualifier: Qualifier?, keeping: Bool,
        in account: AccountID
    ) async throws(FunctionError) -> EventInvokeDescription {
        let arn = arn(name, qualifier ?? .latest, in: account)
        let setting = try await change(name, in: account) { draft throws(FunctionError) -> EventInvokeSetting in
            try require(qualifier, of: name, in: draft)
            return try draft.state.setEventInvoke(new, qualifier: qualifier, keeping: keeping, arn: arn, stamp: .now)
        }
        return EventInvokeDescription(arn: arn, setting: setting)
    }

    /// How asynchronous calls are treated, where that was set.
    package func eventInvoke(
        of name: FunctionName, _ qualifier: Qualifier?, in account: AccountID
    ) async throws(FunctionError) -> EventInvokeDescription {
        let arn = arn(name, qualifier ?? .latest, in: account)
        guard
            let setting = try await load(name, in: account).value.eventInvokes[(qualifier ?? .latest).description]
        else { throw .eventInvokeMissing(arn: arn) }
        return EventInvokeDescription(arn: arn, setting: setting)
    }

    /// Forgets how asynchronous calls are treated.
    package func deleteEventInvoke(
        of name: FunctionName, _ qualifier: Qualifier?, in account: AccountID
    ) async throws(FunctionError) {
        let arn = arn(name, qualifier ?? .latest, in: account)
        try await change(name, in: account) { draft throws(FunctionError) in
            try draft.state.deleteEventInvoke(qualifier: qualifier, arn: arn)
        }
    }

    /// How asynchronous calls are treated, for each qualifier for which that was set.
    package func listEventInvokes(
        of name: FunctionName, after marker: String?, limit: Int, in account: AccountID
    ) async throws(FunctionError) -> Listing<EventInvokeDescription> {
        let settings = try await load(name, in: account).value.eventInvokes
        let all = settings.sorted { $0.key < $1.key }
        let page = try Listing(of: all, after: marker, limit: limit) { $0.key }
        let function = arn(name, in: account)
        return Listing(
            page.elements.map { EventInvokeDescription(arn: "\(function):\($0.key)", setting: $0.value) },
            next: page.next)
    }

    /// Reserves simultaneous calls for a function, or gives them back.
    package func setReservedConcurrency(
        _ limit: Int?, of name: FunctionName, in account: AccountID
    ) async throws(FunctionError) {
        try await change(name, in: account) { draft throws(FunctionError) in
            draft.operations.append(try await reserving(limit, for: name, in: account))
            draft.state.setReservedConcurrency(limit)
        }
    }

    /// How many simultaneous calls are left for the functions that reserved none.
    package func unreservedConcurrency(in account: AccountID) async throws(FunctionError) -> Int {
        let ledger = try await records.read(.concurrency, in: account, as: ConcurrencyLedger.self)?.value
        return limits.concurrency - (ledger?.total ?? 0)
    }

    /// The function's tags, and whether it goes on when it calls itself in a loop.
    package func settings(
        of name: FunctionName, in account: AccountID
    ) async throws(FunctionError) -> (tags: [String: String], recursion: RecursionPolicy) {
        let state = try await load(name, in: account).value
        return (state.tags, state.recursion)
    }

    /// Adds tags or changes their values.
    package func tag(
        _ name: FunctionName, with tags: [String: String], in account: AccountID
    ) async throws(FunctionError) {
        try await change(name, in: account) { draft throws(FunctionError) in try draft.state.setTags(tags) }
    }

    /// Removes tags.
    package func untag(_ name: FunctionName, _ keys: [String], in account: AccountID) async throws(FunctionError) {
        try await change(name, in: account) { draft throws(FunctionError) in draft.state.removeTags(keys) }
    }

    /// Sets what happens when the function calls itself in a loop.
    package func setRecursion(
        _ policy: RecursionPolicy, of name: FunctionName, in account: AccountID
    ) async throws(FunctionError) {
        try await change(name, in: account) { draft throws(FunctionError) in draft.state.setRecursion(policy) }
    }

    /// Sets when a qualifier's runtime is renewed.
    package func setRuntimeUpdates(
        _ policy: RuntimeUpdatePolicy, of name: FunctionName, _ qualifier: Qualifier?, in account: AccountID
    ) async throws(FunctionError) {
        try await change(name, in: account) { draft throws(FunctionError) in
            try require(qualifier, of: name, in: draft)
            draft.state.setRuntimeUpdates(policy, qualifier: qualifier)
        }
    }

    /// When a qualifier's runtime is renewed.
    package func runtimeUpdates(
        of name: FunctionName, _ qualifier: Qualifier?, in account: AccountID
    ) async throws(FunctionError) -> RuntimeUpdatePolicy {
        let state = try await load(name, in: account).value
        guard state.routing(for: qualifier) != nil else {
            throw .functionMissing(arn: arn(name, qualifier, in: account))
        }
        return state.runtimeUpdates(for: qualifier)
    }

    /// The operation that writes a reservation into the account's ledger.
    func reserving(
        _ limit: Int?, for name: FunctionName, in account: AccountID
    ) async throws(FunctionError) -> WriteOperation {
        let found = try await records.read(.concurrency, in: account, as: ConcurrencyLedger.self)
        var ledger = found?.value ?? ConcurrencyLedger()
        try ledger.reserve(limit, for: name, within: limits)
        let key: KeyName
        if let found { key = found.key } else { key = try await records.makeKey(for: "concurrency", in: account) }
        return try await records.put(
            ledger, at: .concurrency, key: key,
            expect: found.map { .version($0.version) } ?? .absent, in: account)
    }
}
