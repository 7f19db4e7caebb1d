import Core
import Platform

/// The governor's table, rules and budgets as the wire has them.
enum GovernorShapes {
    /// What stands for all that have no row of their own.
    static let others = "(others)"

    static func top(_ table: CallTable.Snapshot) -> WireValue {
        [
            "Kinds": .list(table.kinds.map { row("\($0.kind)", $0.figures) }),
            "Functions": rows(
                table.functions.map { (GovernorScope.function($0.function).description, $0.figures) },
                table.otherFunctions),
            "Targets": rows(table.targets.map { ($0.target, $0.figures) }, table.otherTargets),
            "Lineages": rows(table.lineages.map { ($0.lineage.description, $0.figures) }, table.otherLineages),
        ]
    }

    static func rule(_ rule: GovernorRule) -> WireValue {
        var shape: WireValue = [
            "Scope": .string(rule.scope), "Action": "stop", "SetBy": .string(rule.setBy),
            "SetAt": .timestamp(Double(rule.setAt) / 1000), "Reason": .string(rule.reason),
        ]
        if case .limit(let rate, let concurrency) = rule.action {
            shape["Action"] = "limit"
            shape["Rate"] = rate.map { .double($0) }
            shape["Concurrency"] = concurrency.map { .integer(Int64($0)) }
        }
        return shape
    }

    static func budget(_ budget: LineageBudget) -> WireValue {
        [
            "Entry": .string(budget.entry), "Calls": .integer(Int64(budget.calls)),
            "Depth": .integer(Int64(budget.depth)), "Branches": .integer(Int64(budget.branches)),
            "GigabyteSeconds": .double(budget.gigabyteSeconds), "EgressBytes": .integer(budget.egressBytes),
            "Seconds": .integer(budget.seconds), "SetBy": .string(budget.setBy),
        ]
    }

    private static func rows(_ rows: [(name: String, figures: CallFigures)], _ rest: CallFigures) -> WireValue {
        let isBusy = rest.inFlight > 0 || rest.calls > 0 || rest.throttles > 0
        return .list(rows.map { row($0.name, $0.figures) } + (isBusy ? [row(others, rest)] : []))
    }

    private static func row(_ name: String, _ figures: CallFigures) -> WireValue {
        [
            "Name": .string(name), "InFlight": .integer(Int64(figures.inFlight)),
            "CallsPerSecond": .double(figures.calls),
            "ErrorsPerSecond": .double(figures.errors), "ThrottlesPerSecond": .double(figures.throttles),
            "BytesPerSecond": .double(figures.bytes), "MedianMilliseconds": milliseconds(figures.median),
            "SlowestMilliseconds": milliseconds(figures.slowest),
        ]
    }

    private static func milliseconds(_ time: Duration?) -> WireValue {
        time.map { .double($0 / .milliseconds(1)) } ?? .null
    }
}
