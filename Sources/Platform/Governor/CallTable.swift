import Core

/// The live table of all calls: by function, by kind, by target and by lineage.
///
/// Pure and bounded. A call costs a look-up for each dimension it has when it begins, and none when it ends.
package struct CallTable: Sendable {
    /// How many rows each dimension has.
    package static let rows = 512

    private var kinds = [CallActivity](repeating: CallActivity(), count: CallKind.allCases.count)
    private var functions = ActivityTable<FunctionKey>(capacity: rows)
    private var targets = ActivityTable<String>(capacity: rows)
    private var lineages = ActivityTable<LineageID>(capacity: rows)

    /// Begins empty.
    package init() {}

    /// A call was let through; a lineage gets a row with its second call, because most have only one.
    mutating func began(_ call: GovernedCall, isFirstOfLineage: Bool, use: Int, at now: GovernorTime) -> CallTicket {
        kinds[call.kind.rawValue].began(at: now)
        return CallTicket(
            call: call, began: now, use: use, function: call.function.map { functions.began($0, at: now) },
            target: call.target.map { targets.began($0, at: now) },
            lineage: isFirstOfLineage ? nil : lineages.began(call.lineage, at: now))
    }

    /// A call has ended.
    mutating func ended(_ ticket: CallTicket, _ end: CallEnd, at now: GovernorTime) {
        let time = now.since(ticket.began)
        kinds[ticket.call.kind.rawValue].ended(end, after: time, at: now)
        if let place = ticket.function { functions.ended(place, end, after: time, at: now) }
        if let place = ticket.target { targets.ended(place, end, after: time, at: now) }
        if let place = ticket.lineage { lineages.ended(place, end, after: time, at: now) }
    }

    /// A call was not let through; a lineage gets no row for that, else a stop would fill the table with what it stops.
    mutating func refused(_ call: GovernedCall, at now: GovernorTime) {
        kinds[call.kind.rawValue].refused(at: now)
        if let function = call.function { functions.refused(function, at: now) }
        if let target = call.target { targets.refused(target, at: now) }
        if lineages.has(call.lineage) { lineages.refused(call.lineage, at: now) }
    }

    /// Calls in flight within a scope, as far as they have a row of their own.
    func inFlight(_ scope: GovernorScope) -> Int {
        switch scope {
        case .everything: kinds.map(\.inFlight).reduce(0, +)
        case .kind(let kind): kinds[kind.rawValue].inFlight
        case .function(let function): functions.inFlight(function)
        case .target(let target): targets.inFlight(target)
        case .lineage(let lineage): lineages.inFlight(lineage)
        }
    }

    /// What the table shows: for each dimension the busiest rows.
    package struct Snapshot: Sendable {
        package let kinds: [(kind: CallKind, figures: CallFigures)]
        package let functions: [(function: FunctionKey, figures: CallFigures)]
        package let targets: [(target: String, figures: CallFigures)]
        package let lineages: [(lineage: LineageID, figures: CallFigures)]
        package let otherFunctions: CallFigures
        package let otherTargets: CallFigures
        package let otherLineages: CallFigures
    }

    /// The busiest of each dimension.
    package func snapshot(top count: Int, at now: GovernorTime) -> Snapshot {
        let functions = functions.figures(top: count, at: now)
        let targets = targets.figures(top: count, at: now)
        let lineages = lineages.figures(top: count, at: now)
        return Snapshot(
            kinds: CallKind.allCases.map { ($0, kinds[$0.rawValue].figures(at: now)) },
            functions: functions.rows.map { ($0.key, $0.figures) }, targets: targets.rows.map { ($0.key, $0.figures) },
            lineages: lineages.rows.map { ($0.key, $0.figures) }, otherFunctions: functions.others,
            otherTargets: targets.others, otherLineages: lineages.others)
    }
}
