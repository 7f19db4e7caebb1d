import Core
import Platform

/// The operations of Martlet's own service on the governor: what `martlet governor` asks for.
///
/// They do not ask the governor themselves, so that a stop of all calls can be lifted.
package struct GovernorOperations: Sendable {
    private static let rowsUnlessSaid = 50

    let governor: Governor
    let functions: Functions
    let region: Region

    /// Speaks for one account's governor.
    package init(governor: Governor, functions: Functions, region: Region) {
        self.governor = governor
        self.functions = functions
        self.region = region
    }

    /// The handlers by operation; each acts on the function that its scope names, or else on the account.
    package var operations: [String: OperationHandler] {
        let handlers: [String: OperationHandler] = [
            "GetGovernorTop": top, "ListGovernorRules": list, "StopCalls": stop, "LimitCalls": limit, "LiftRule": lift,
            "SetLineageBudget": setBudget,
        ]
        return Guard.authorized(handlers, service: "martlet") { [region] call, _, input in
            let text = input["Scope"]?.string ?? input["Entry"]?.string
            guard case .function(let function)? = text.flatMap({ GovernorScope($0, of: call.account) }) else {
                return .account(call.account)
            }
            return .function(function.account, region, function.name, nil)
        }
    }

    @Sendable private func top(_: Call, _ input: WireValue) async throws -> WireValue {
        GovernorShapes.top(await governor.snapshot(top: input["MaxItems"]?.int ?? Self.rowsUnlessSaid))
    }

    @Sendable private func list(_: Call, _: WireValue) async throws -> WireValue {
        [
            "Rules": .list(await governor.rules.map(GovernorShapes.rule)),
            "Budgets": .list(await governor.budgets.map(GovernorShapes.budget)),
        ]
    }

    @Sendable private func stop(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let scope = try await knownScope(input["Scope"], call)
        let keeping: StopKeeping
        do throws(GovernorError) {
            keeping = try await governor.stop(
                scope, endingCalls: input["EndCalls"]?.bool ?? false, by: call.principal.arn.description,
                reason: input["Reason"]?.string ?? "")
        } catch { throw WireError(error) }
        return ["Recorded": .bool(keeping.isRecorded), "Stored": .bool(keeping.isStored)]
    }

    @Sendable private func limit(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let scope = try await knownScope(input["Scope"], call)
        try await obeyed {
            () async throws(GovernorError) in
            try await governor.limit(
                scope, rate: input["Rate"]?.double, concurrency: input["Concurrency"]?.int,
                by: call.principal.arn.description, reason: input["Reason"]?.string ?? "")
        }
        return [:]
    }

    @Sendable private func lift(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let scope = try scope(input["Scope"], call)
        try await obeyed { () async throws(GovernorError) in
            try await governor.lift(scope, by: call.principal.arn.description)
        }
        return [:]
    }

    @Sendable private func setBudget(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let entry: FunctionKey?
        if input["Entry"]?.string == LineageBudget.anyEntry {
            entry = nil
        } else {
            guard case .function(let function) = try await knownScope(input["Entry"], call) else {
                throw Self.noScope(input["Entry"], "any, or function/NAME")
            }
            entry = function
        }
        var budget: LineageBudget?
        if input["Reset"]?.bool != true {
            budget = await governor.budget(for: entry)
            budget?.take(input)
        }
        try await obeyed { [budget] () async throws(GovernorError) in
            try await governor.setBudget(budget, for: entry, by: call.principal.arn.description)
        }
        return ["Budget": GovernorShapes.budget(await governor.budget(for: entry))]
    }

    /// A scope whose function, if it names one, exists: a stop of a misspelt name would stop nothing.
    private func knownScope(_ value: WireValue?, _ call: Call) async throws -> GovernorScope {
        let scope = try scope(value, call)
        if case .function(let function) = scope {
            _ = try await functions.resolve(
                FunctionReference(account: function.account, name: function.name), in: call.account)
        }
        return scope
    }

    private func scope(_ value: WireValue?, _ call: Call) throws -> GovernorScope {
        guard let scope = value?.string.flatMap({ GovernorScope($0, of: call.account) }) else {
            throw Self.noScope(
                value,
                "all, function/NAME, queue/NAME, topic/NAME, bus/NAME, lineage/ID, target/HOST or kind/KIND (\(Self.kinds))"
            )
        }
        return scope
    }

    private static let kinds = CallKind.allCases.map { "\($0)" }.joined(separator: ", ")

    private static func noScope(_ value: WireValue?, _ expected: String) -> WireError {
        WireError("ValidationException", "'\(value?.string ?? "")' is no scope. Name \(expected).", status: 400)
    }

    private func obeyed(_ body: () async throws(GovernorError) -> Void) async throws(WireError) {
        do { try await body() } catch { throw WireError(error) }
    }
}

extension GovernorScope {
    /// Reads a scope as operators write it: a function without an account is one of their own, and a queue, a topic or a
    /// bus need not be called a target.
    init?(_ text: String, of account: AccountID) {
        guard !["queue/", "topic/", "bus/"].contains(where: text.hasPrefix) else {
            self.init("target/\(text)")
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let whole = parts.count == 2 && parts[0] == "function" ? "function/\(account)/\(parts[1])" : text
        self.init(whole)
    }
}

extension LineageBudget {
    /// Takes over the figures that were given.
    fileprivate mutating func take(_ input: WireValue) {
        calls = input["Calls"]?.int ?? calls
        depth = input["Depth"]?.int ?? depth
        branches = input["Branches"]?.int ?? branches
        gigabyteSeconds = input["GigabyteSeconds"]?.double ?? gigabyteSeconds
        egressBytes = input["EgressBytes"]?.integer ?? egressBytes
        seconds = input["Seconds"]?.integer ?? seconds
    }
}
