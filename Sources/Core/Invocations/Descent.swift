/// Where a call stands in its lineage: what it descends from, and over how many calls.
///
/// It is carried along, in work items too, so that it is right even where all else about a lineage was forgotten.
package struct Descent: Hashable, Sendable {
    package let lineage: LineageID
    /// How many calls lie between this one and the outside event that caused it.
    package let depth: Int
    /// The function that the lineage began with; `nil` for a call from outside, which begins with what it calls.
    package let entry: FunctionKey?

    /// Describes a call, or begins a lineage.
    package init(lineage: LineageID = LineageID(), depth: Int = 0, entry: FunctionKey? = nil) {
        self.lineage = lineage
        self.depth = depth
        self.entry = entry
    }

    /// Where that stands which a call of `function` causes.
    package func below(_ function: FunctionKey) -> Descent {
        Descent(lineage: lineage, depth: depth + 1, entry: entry ?? function)
    }
}
