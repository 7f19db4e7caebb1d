import Core

/// Walks a document along a path, and counts what it looks at.
struct PathEvaluator {
    let document: JSON
    let keepsLocations: Bool
    /// How many nodes may still be looked at.
    private(set) var work: Int
    /// How many steps regular expressions may still take.
    var matchingBudget = PathLimits.matching

    init(document: JSON, keepsLocations: Bool, work: Int = PathLimits.work) {
        self.document = document
        self.keepsLocations = keepsLocations
        self.work = work
    }

    /// The nodes that segments select, beginning at `start`.
    mutating func nodes(of segments: [PathSegment], from start: JSON) throws(PathLimitExceeded) -> [PathNode] {
        var nodes = [PathNode(location: [], value: start)]
        for segment in segments {
            var next: [PathNode] = []
            for node in nodes {
                if segment.takesDescendants {
                    try descend(from: node, segment, into: &next)
                } else {
                    try children(of: node, segment, into: &next)
                }
            }
            nodes = next
            if nodes.isEmpty { break }
        }
        return nodes
    }

    /// A node and then its descendants, each before its own children.
    private mutating func descend(
        from node: PathNode, _ segment: PathSegment, into result: inout [PathNode]
    ) throws(PathLimitExceeded) {
        var waiting = [node]
        while let node = waiting.popLast() {
            try children(of: node, segment, into: &result)
            let first = waiting.count
            try children(of: node, Self.everything, into: &waiting)
            waiting[first...].reverse()
        }
    }

    private static let everything = PathSegment(selectors: [.wildcard], takesDescendants: false)

    private mutating func children(
        of node: PathNode, _ segment: PathSegment, into result: inout [PathNode]
    ) throws(PathLimitExceeded) {
        for selector in segment.selectors {
            try count()
            switch selector {
            case .name(let name):
                guard let value = node.value[name] else { continue }
                result.append(child(of: node, .name(name), value))
            case .index(let index):
                guard let elements = node.value.array else { continue }
                let place = index < 0 ? elements.count + index : index
                guard elements.indices.contains(place) else { continue }
                result.append(child(of: node, .index(place), elements[place]))
            case .wildcard: try wildcard(node, into: &result)
            case .slice(let start, let end, let step):
                guard let elements = node.value.array else { continue }
                for place in Self.places(elements.count, start, end, step) {
                    try count()
                    result.append(child(of: node, .index(place), elements[place]))
                }
            case .filter(let expression):
                var all: [PathNode] = []
                try wildcard(node, into: &all)
                for child in all where try holds(expression, for: child.value) { result.append(child) }
            }
        }
    }

    private mutating func wildcard(_ node: PathNode, into result: inout [PathNode]) throws(PathLimitExceeded) {
        switch node.value {
        case .array(let elements):
            for (place, element) in elements.enumerated() {
                try count()
                result.append(child(of: node, .index(place), element))
            }
        case .object(let object):
            for member in object.members {
                try count()
                result.append(child(of: node, .name(member.key), member.value))
            }
        case .null, .bool, .number, .string: break
        }
    }

    private func child(of node: PathNode, _ step: PathStep, _ value: JSON) -> PathNode {
        PathNode(location: keepsLocations ? node.location + [step] : [], value: value)
    }

    /// The places that a slice takes of an array (RFC 9535, section 2.3.4.2).
    static func places(_ count: Int, _ start: Int?, _ end: Int?, _ step: Int) -> [Int] {
        guard step != 0 else { return [] }
        func normalized(_ bound: Int) -> Int { bound < 0 ? count + bound : bound }
        if step > 0 {
            let lower = min(max(normalized(start ?? 0), 0), count)
            let upper = min(max(normalized(end ?? count), 0), count)
            return Array(stride(from: lower, to: upper, by: step))
        }
        let upper = min(max(start.map(normalized) ?? count - 1, -1), count - 1)
        let lower = min(max(end.map(normalized) ?? -1, -1), count - 1)
        return Array(stride(from: upper, to: lower, by: step))
    }

    /// Counts one node more that was looked at.
    mutating func count(_ nodes: Int = 1) throws(PathLimitExceeded) {
        work -= nodes
        guard work >= 0 else { throw PathLimitExceeded() }
    }
}
