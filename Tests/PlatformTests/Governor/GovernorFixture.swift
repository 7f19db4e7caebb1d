import Core

@testable import Platform

/// Calls for the governor, and a clock that stands still.
enum GovernorFixture {
    static let start = GovernorTime(nanoseconds: 1_000_000_000_000)

    static func function(_ name: String) throws -> FunctionKey {
        FunctionKey(account: .standard, name: try FunctionName(name))
    }

    static func call(
        _ name: String = "resize", kind: CallKind = .invocation, target: String? = nil,
        lineage: LineageID = LineageID(), depth: Int = 0
    ) throws -> GovernedCall {
        GovernedCall(
            kind: kind, function: try function(name), target: target,
            descent: Descent(lineage: lineage, depth: depth))
    }

    static func rule(_ scope: GovernorScope, _ action: GovernorRule.Action) -> GovernorRule {
        GovernorRule(scope, action, setBy: "arn:ada", at: Instant(milliseconds: 1), reason: "runs away")
    }
}

extension GovernorTime {
    static func + (time: GovernorTime, duration: Duration) -> GovernorTime { time.advanced(by: duration) }
}
