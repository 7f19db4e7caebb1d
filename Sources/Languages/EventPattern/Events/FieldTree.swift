/// The names that rules use, as a tree: reading an event follows it and leaves out everything else.
///
/// Names are split at their points, in rules and in events, because only joined names tell fields apart.
struct FieldTree: Sendable {
    /// The number of the field that ends at a node; -1 where none does.
    private var fields: [Int32] = [-1]
    private var children = ByteTable()
    private let hash = ByteHash()
    private(set) var fieldCount = 0

    static let root: Int32 = 0

    var nodeCount: Int { fields.count }

    /// The field that ends at a node; -1 where none does.
    @inline(__always)
    func field(at node: Int32) -> Int32 { fields[Int(node)] }

    /// The node of a name inside another; -1 where no rule goes on there.
    @inline(__always)
    func child(of node: Int32, named name: Span<UInt8>) -> Int32 {
        let child = children.find(node, hash(name), name)
        return child >= 0 || !name.hasPoint ? child : split(node, name)
    }

    /// No name in the tree has a point, so that one that was not found may still be several.
    private func split(_ node: Int32, _ name: Span<UInt8>) -> Int32 {
        var node = node
        var start = 0
        for place in name.indices where name[place] == UInt8(ascii: ".") {
            let part = name.extracting(start..<place)
            node = children.find(node, hash(part), part)
            guard node >= 0 else { return -1 }
            start = place + 1
        }
        let part = name.extracting(start..<name.count)
        return children.find(node, hash(part), part)
    }

    /// The number of a field by its joined name; -1 where no rule has it.
    func field(named path: [UInt8]) -> Int32 {
        let node = child(of: Self.root, named: path.span)
        return node < 0 ? -1 : field(at: node)
    }

    /// The number of a field, which is added where it is new.
    mutating func add(_ path: [UInt8]) -> Int32 {
        var node = Self.root
        for part in path.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            let name = Array(part)
            var child = children.find(node, hash(name.span), name.span)
            if child < 0 {
                child = Int32(fields.count)
                fields.append(-1)
                children.update(node, hash(name.span), name.span) { _ in child }
            }
            node = child
        }
        if fields[Int(node)] < 0 {
            fields[Int(node)] = Int32(fieldCount)
            fieldCount += 1
        }
        return fields[Int(node)]
    }
}
