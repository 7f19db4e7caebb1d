/// Which column beside the layers each line that leads back or far down has.
struct GraphLanes {
    /// The column of each target's line, and the gaps between layers that it joins.
    private(set) var column: [Int: Int] = [:]
    private(set) var right: Int

    /// Takes the last column of the layers.
    ///
    /// The gap above a layer has its number.
    init(_ graph: GraphLayers, right: Int) {
        self.right = right
        var gaps: [Int: ClosedRange<Int>] = [:]
        for (source, leads) in graph.leads.enumerated() {
            for case .side(let target) in leads {
                let (out, into) = (graph.layerOf[source] + 1, graph.layerOf[target])
                let known = gaps[target] ?? min(out, into)...max(out, into)
                gaps[target] = min(known.lowerBound, out)...max(known.upperBound, out)
            }
        }
        // Short ones are nearest to the layers, so that few cross.
        let sorted = gaps.sorted {
            ($0.value.count, $0.value.lowerBound, $0.key) < ($1.value.count, $1.value.lowerBound, $1.key)
        }
        var packing = IntervalPacking()
        for (target, range) in sorted {
            // Doubled, so that lines that end in neighbouring gaps may share a column.
            let track = packing.place(range.lowerBound * 2...range.upperBound * 2)
            column[target] = right + 2 + 2 * track
        }
        if packing.count > 0 { self.right = right + 2 * packing.count }
    }
}
