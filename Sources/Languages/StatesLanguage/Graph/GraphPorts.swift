/// Where lines leave the bottom of a box.
enum GraphPorts {
    /// A column for each line, from left to right as they are given, each as near to where its line goes as there is room.
    ///
    /// No column is one at which another line comes to the next layer: the two would lie on each other. `columns` are
    /// those of the box, without its corners; boxes are made wide enough.
    static func columns(
        to destinations: [Int], in columns: ClosedRange<Int>, avoiding entries: Set<Int>
    ) -> [Int] {
        spread(destinations, columns, entries, apart: 2) ?? squeezed(destinations, columns, entries)
    }

    /// Columns with room between them; nothing where there is too little of it.
    private static func spread(
        _ destinations: [Int], _ columns: ClosedRange<Int>, _ entries: Set<Int>, apart: Int
    ) -> [Int]? {
        var found: [Int] = []
        for (place, destination) in destinations.enumerated() {
            let lowest = found.last.map { $0 + apart } ?? columns.lowerBound
            let highest = columns.upperBound - apart * (destinations.count - 1 - place)
            guard lowest <= highest else { return nil }
            let wish = min(max(destination, lowest), highest)
            let reach = max(wish - lowest, highest - wish)
            let near = (0...reach).lazy.flatMap { [wish - $0, wish + $0] }.first {
                (lowest...highest).contains($0) && (!entries.contains($0) || $0 == destination)
            }
            guard let near else { return nil }
            found.append(near)
        }
        return found
    }

    /// Columns side by side where it must be.
    private static func squeezed(_ destinations: [Int], _ columns: ClosedRange<Int>, _ entries: Set<Int>) -> [Int] {
        let free = columns.filter { !entries.contains($0) }
        precondition(free.count >= destinations.count, "A box has room for its lines.")
        var found: [Int] = []
        var next = 0
        for (place, destination) in destinations.enumerated() {
            let last = free.count - (destinations.count - place)
            while next < last, free[next] < destination { next += 1 }
            found.append(free[next])
            next += 1
        }
        return found
    }
}
