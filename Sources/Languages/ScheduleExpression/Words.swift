/// Lists as people say them.
enum Words {
    /// `a, b and c`.
    static func list(_ items: [String]) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " and " + last
    }

    /// Numbers in order, where neighbours are said as `a to b`.
    static func runs(_ numbers: [Int], _ name: (Int) -> String) -> String {
        var runs: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = runs.last, last.upperBound + 1 == number {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return list(
            runs.flatMap { run in
                switch run.count {
                case 1: [name(run.lowerBound)]
                case 2: [name(run.lowerBound), name(run.upperBound)]
                default: ["\(name(run.lowerBound)) to \(name(run.upperBound))"]
                }
            })
    }

    /// `the 1st`, `the 2nd`.
    static func ordinal(_ number: Int) -> String {
        switch (number % 10, number % 100) {
        case (1, let rest) where rest != 11: "\(number)st"
        case (2, let rest) where rest != 12: "\(number)nd"
        case (3, let rest) where rest != 13: "\(number)rd"
        default: "\(number)th"
        }
    }

    /// The places of the bits that are set.
    static func members(_ bits: UInt64) -> [Int] { (0..<64).filter { bits & 1 << UInt64($0) != 0 } }
}
