import Core

/// What a rule of the governor is about.
package enum GovernorScope: Hashable, Sendable, CustomStringConvertible {
    /// Every call there is.
    case everything
    case kind(CallKind)
    case function(FunctionKey)
    case target(String)
    case lineage(LineageID)

    /// The most bytes of a target's name: that of a topic, behind its kind; a host's is shorter.
    package static let targetLimit = 262

    /// The text by which operators and records name a scope: `all`, `kind/outbound`, `function/ACCOUNT/NAME`,
    /// `target/HOST`, `target/queue/NAME`, `lineage/ID`.
    package var description: String {
        switch self {
        case .everything: "all"
        case .kind(let kind): "kind/\(kind)"
        case .function(let function): "function/\(function.account)/\(function.name)"
        case .target(let target): "target/\(target)"
        case .lineage(let lineage): "lineage/\(lineage)"
        }
    }

    /// Whether a call belongs to the scope.
    package func contains(_ call: GovernedCall) -> Bool {
        switch self {
        case .everything: true
        case .kind(let kind): call.kind == kind
        case .function(let function): call.function == function
        case .target(let target): call.target == target
        case .lineage(let lineage): call.lineage == lineage
        }
    }

    /// Reads the text form; `nil` if it is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count == 2 ? parts[1] : nil) {
        case ("all", nil): self = .everything
        case ("kind", let name?):
            guard let kind = CallKind.allCases.first(where: { "\($0)" == name }) else { return nil }
            self = .kind(kind)
        case ("function", let rest?):
            let names = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            // A text that is no name names no function.
            guard names.count == 2, let account = try? AccountID(names[0]), let name = try? FunctionName(names[1])
            else { return nil }
            self = .function(FunctionKey(account: account, name: name))
        case ("target", let target?):
            guard (1...Self.targetLimit).contains(target.utf8.count) else { return nil }
            self = .target(target)
        case ("lineage", let id?):
            guard let lineage = LineageID(id) else { return nil }
            self = .lineage(lineage)
        default: return nil
        }
        guard description == text else { return nil }
    }
}
