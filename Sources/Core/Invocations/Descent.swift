/// Where a call stands in its lineage: what it descends from, and over how many calls.
///
/// It is carried along, in work items and messages too, so that it is right even where all else about a lineage was
/// forgotten.
package struct Descent: Hashable, Sendable {
    /// A function on the way from the outside event to a call, and how often it was called on that way.
    package struct Visit: Hashable, Sendable {
        package let function: FunctionKey
        package var count: Int

        /// Takes the two.
        package init(function: FunctionKey, count: Int) {
            self.function = function
            self.count = count
        }
    }

    /// Different functions of one way that are counted; those that come behind them are not.
    package static let visitLimit = 64

    package let lineage: LineageID
    /// How many calls lie between this one and the outside event that caused it.
    package let depth: Int
    /// The function that the lineage began with; `nil` for a call from outside, which begins with what it calls.
    package let entry: FunctionKey?
    /// The functions on the way to this call, in the order in which they were called first.
    package let visits: [Visit]
    /// Whether the platform's own report of a failure is among the causes: no other failure on such a way is reported,
    /// so that reports never cause reports.
    package let isReport: Bool

    /// Describes a call, or begins a lineage.
    package init(
        lineage: LineageID = LineageID(), depth: Int = 0, entry: FunctionKey? = nil, visits: [Visit] = [],
        isReport: Bool = false
    ) {
        self.lineage = lineage
        self.depth = depth
        self.entry = entry
        self.visits = visits
        self.isReport = isReport
    }

    /// Where that stands which a call of `function` causes.
    package func below(_ function: FunctionKey) -> Descent {
        var visits = visits
        if let place = visits.firstIndex(where: { $0.function == function }) {
            visits[place].count += 1
        } else if visits.count < Self.visitLimit {
            visits.append(Visit(function: function, count: 1))
        }
        return Descent(
            lineage: lineage, depth: depth + 1, entry: entry ?? function, visits: visits, isReport: isReport)
    }

    /// Where that stands which comes of this beside the call of a function: an event on a bus, an execution.
    package func next() -> Descent {
        Descent(lineage: lineage, depth: depth + 1, entry: entry, visits: visits, isReport: isReport)
    }

    /// How often a function was called on the way to this call.
    package func visits(of function: FunctionKey) -> Int {
        visits.first { $0.function == function }?.count ?? 0
    }

    /// The way as people read it: `orders ×16 → notify ×15`.
    package var way: String { visits.map { "\($0.function.name) ×\($0.count)" }.joined(separator: " → ") }
}
