import Synchronization

/// On whose behalf calls are made: whatever it may, and what it has in use.
package final class EgressCaller: Sendable {
    /// Who it is, for records; such as a function's ARN.
    package let name: String
    package let policy: EgressPolicy
    package let usage: EgressUsage
    /// What the gate wants to know of who calls beyond that.
    package let context: (any Sendable)?
    /// Different for every set of rules of the process.
    let rules: UInt64

    private static let lastRules = Atomic<UInt64>(0)

    /// Takes the policy of one function and the usage that goes with it.
    package convenience init(name: String, policy: EgressPolicy, usage: EgressUsage) {
        let rules = Self.lastRules.add(1, ordering: .relaxed).newValue
        self.init(name: name, policy: policy, usage: usage, context: nil, rules: rules)
    }

    private init(name: String, policy: EgressPolicy, usage: EgressUsage, context: (any Sendable)?, rules: UInt64) {
        self.name = name
        self.policy = policy
        self.usage = usage
        self.context = context
        self.rules = rules
    }

    /// The same caller, with what the gate wants to know.
    package func with(_ context: any Sendable) -> EgressCaller {
        EgressCaller(name: name, policy: policy, usage: usage, context: context, rules: rules)
    }
}

/// A call that a rule allows, before anything is sent.
package final class EgressAttempt: Sendable {
    /// How the function speaks, and what is made of it.
    package enum Way: String, Sendable {
        case http, originated, tunnel, service
    }

    /// Different for every attempt of the process; its record has the same.
    package let number: UInt64
    package let caller: String
    package let context: (any Sendable)?
    package let way: Way
    package let host: Host
    package let port: Port
    /// The method of plain HTTP; `nil` in a tunnel, which nobody looks into.
    package let method: String?
    /// The name of the rule that allows it.
    package let rule: String

    private static let last = Atomic<UInt64>(0)

    /// Describes a call that a rule allows.
    init(
        caller: String, context: (any Sendable)? = nil, way: Way, host: Host, port: Port, method: String?, rule: String
    ) {
        number = Self.last.add(1, ordering: .relaxed).newValue
        self.caller = caller
        self.context = context
        self.way = way
        self.host = host
        self.port = port
        self.method = method
        self.rule = rule
    }
}

/// What the governor says of a call that the rules allow.
package enum EgressGate: Sendable {
    case open
    /// With a reason that is shown to the function.
    case refuse(String)
}

/// Ends a call that is under way; kept by the governor for as long as it may want to.
package struct EgressCut: Sendable {
    private let body: @Sendable (String) -> Void

    init(_ body: @escaping @Sendable (String) -> Void) { self.body = body }

    /// Closes the connections of the call, which is recorded as cut for this reason; nothing if it has ended.
    package func callAsFunction(_ reason: String) { body(reason) }
}
