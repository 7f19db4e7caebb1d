/// Ranges of numbers, many sets of them in one place: which ranges of a set hold a number.
///
/// Each set is a treap sorted by lower bounds, every node of which knows the highest upper bound below it. Adding a
/// range takes time logarithmic in the size of its set; finding k of n ranges at most about k times that.
struct RangeTree: Sendable {
    private struct Node {
        let low: UInt128
        let high: UInt128
        /// The highest upper bound of this node and of all below it.
        var highest: UInt128
        let priority: UInt32
        var left: Int32 = -1
        var right: Int32 = -1
        /// What stands for the range.
        var value: Int32
    }

    private var nodes: [Node] = []
    private var random = SystemRandomNumberGenerator()

    /// Changes what stands for a range in a set; it begins as -1, and so does the set.
    mutating func update(
        _ root: inout Int32, _ low: UInt128, _ high: UInt128, _ change: (Int32) -> Int32
    ) {
        var place = root
        while place >= 0 {
            let node = nodes[Int(place)]
            if node.low == low, node.high == high {
                nodes[Int(place)].value = change(node.value)
                return
            }
            place = Self.precedes(low, high, node) ? node.left : node.right
        }
        let priority = UInt32.random(in: .min ... .max, using: &random)
        nodes.append(Node(low: low, high: high, highest: high, priority: priority, value: change(-1)))
        root = insert(Int32(nodes.count - 1), into: root)
    }

    private static func precedes(_ low: UInt128, _ high: UInt128, _ node: Node) -> Bool {
        low < node.low || (low == node.low && high < node.high)
    }

    private mutating func insert(_ new: Int32, into place: Int32) -> Int32 {
        guard place >= 0 else { return new }
        let node = nodes[Int(new)]
        if node.priority > nodes[Int(place)].priority {
            let (left, right) = split(place, by: node)
            (nodes[Int(new)].left, nodes[Int(new)].right) = (left, right)
            measure(new)
            return new
        }
        if Self.precedes(node.low, node.high, nodes[Int(place)]) {
            nodes[Int(place)].left = insert(new, into: nodes[Int(place)].left)
        } else {
            nodes[Int(place)].right = insert(new, into: nodes[Int(place)].right)
        }
        measure(place)
        return place
    }

    /// What comes before a node, and what comes behind it.
    private mutating func split(_ place: Int32, by node: Node) -> (left: Int32, right: Int32) {
        guard place >= 0 else { return (-1, -1) }
        if Self.precedes(node.low, node.high, nodes[Int(place)]) {
            let (left, right) = split(nodes[Int(place)].left, by: node)
            nodes[Int(place)].left = right
            measure(place)
            return (left, place)
        }
        let (left, right) = split(nodes[Int(place)].right, by: node)
        nodes[Int(place)].right = left
        measure(place)
        return (place, right)
    }

    private mutating func measure(_ place: Int32) {
        var highest = nodes[Int(place)].high
        for below in [nodes[Int(place)].left, nodes[Int(place)].right] where below >= 0 {
            highest = max(highest, nodes[Int(below)].highest)
        }
        nodes[Int(place)].highest = highest
    }

    /// Appends what stands for each range of a set that holds a number.
    func find(_ root: Int32, _ number: UInt128, _ found: inout [Int32]) {
        guard root >= 0, nodes[Int(root)].highest >= number else { return }
        let node = nodes[Int(root)]
        find(node.left, number, &found)
        guard node.low <= number else { return }
        if node.high >= number { found.append(node.value) }
        find(node.right, number, &found)
    }
}
