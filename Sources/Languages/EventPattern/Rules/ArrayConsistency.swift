/// Whether a branch holds with values that agree about the elements of all arrays of objects.
///
/// As in the reference engine, fields are taken in the order of their names: each must have a value that lies in no
/// other element of an array than the values chosen before it, and a field that must be absent must have none. All
/// choices are followed at once, each as the elements it is bound to that still matter for the fields to come. Of arrays
/// beside each other only one matters at a time, so that there are never more choices than elements; only names with
/// points in them can make more, and a bound on the work ends that with an error.
struct ArrayConsistency {
    private let values: EventValues
    private let tree: FieldTree
    /// Elements and values that all branches of one event together may look at.
    static let maximumWork = 2_000_000

    init(_ values: EventValues, _ tree: FieldTree) {
        self.values = values
        self.tree = tree
    }

    /// Whether the branch holds; adds to the work done.
    func allows(
        _ branch: PatternBranch, _ source: Span<UInt8>, _ work: inout Int
    ) throws(EventError) -> Bool {
        let fields = branch.fields.map { ElementTree(values(of: $0), values) }
        let matching = branch.fields.map { ElementTree(values(of: $0, matching: source), values) }
        var relevant = fields.map(\.arrays)
        for place in relevant.indices.reversed().dropFirst() { relevant[place].formUnion(relevant[place + 1]) }
        var choices: Set<Choice> = [Choice()]
        work += branch.fields.reduce(0) { $0 + count(of: $1) }
        for (place, field) in branch.fields.enumerated() {
            let next = place + 1 < relevant.count ? relevant[place + 1] : []
            var after: Set<Choice> = []
            for choice in choices {
                if field.matchers.contains(.absent), fields[place].values(for: choice, &work).isEmpty {
                    after.insert(choice.only(next))
                }
                for element in matching[place].values(for: choice, &work) {
                    after.insert(choice.bound(to: element, values).only(next))
                }
                guard work <= Self.maximumWork else { throw .tooManyCombinations(limit: Self.maximumWork) }
            }
            choices = after
        }
        return !choices.isEmpty
    }

    /// How many values a field has.
    private func count(of field: FieldPattern) -> Int {
        var count = 0
        var number = values.lastValue(of: tree.field(named: field.path))
        while number >= 0 {
            count += 1
            number = values.values[Int(number)].previous
        }
        return count
    }

    private func values(of field: FieldPattern, matching source: Span<UInt8>? = nil) -> Set<Int32> {
        var elements: Set<Int32> = []
        var number = values.lastValue(of: tree.field(named: field.path))
        while number >= 0 {
            let value = values.values[Int(number)]
            // Values of the same element are the same choice.
            if !elements.contains(value.element) {
                if let source {
                    let leaf = values.leaf(number, in: source)
                    if field.matchers.contains(where: { $0.matches(leaf) }) { elements.insert(value.element) }
                } else {
                    elements.insert(value.element)
                }
            }
            number = value.previous
        }
        return elements
    }

    /// The elements that the values so far are bound to, one of each array.
    fileprivate struct Choice: Hashable {
        private var elements: [Int32: Int32] = [:]

        func element(of array: Int32) -> Int32? { elements[array] }

        /// Bound to an element too, and to those around it.
        func bound(to element: Int32, _ values: EventValues) -> Choice {
            var bound = self
            var element = element
            while element > 0 {
                bound.elements[values.elements[Int(element)].array] = element
                element = values.elements[Int(element)].outer
            }
            return bound
        }

        /// What of it matters to some arrays.
        func only(_ arrays: Set<Int32>) -> Choice {
            var only = self
            only.elements = elements.filter { arrays.contains($0.key) }
            return only
        }
    }

    /// The elements that hold values of one field, from the outermost arrays inwards.
    private struct ElementTree {
        /// The arrays in an element, and the elements of an array.
        private var arraysIn: [Int32: Set<Int32>] = [:]
        private var elementsOf: [Int32: Set<Int32>] = [:]
        /// The elements that values lie in directly; 0 for none.
        private let direct: Set<Int32>

        init(_ elements: Set<Int32>, _ values: EventValues) {
            direct = elements
            for element in elements {
                var inner = element
                while inner > 0 {
                    let element = values.elements[Int(inner)]
                    guard elementsOf[element.array, default: []].insert(inner).inserted else { break }
                    arraysIn[element.outer, default: []].insert(element.array)
                    inner = element.outer
                }
            }
        }

        var arrays: Set<Int32> { Set(elementsOf.keys) }

        /// The elements of the values that a choice leaves.
        func values(for choice: Choice, _ work: inout Int) -> [Int32] {
            var found: [Int32] = []
            var open: [Int32] = [0]
            while let element = open.popLast() {
                work += 1
                if direct.contains(element) { found.append(element) }
                for array in arraysIn[element] ?? [] {
                    if let bound = choice.element(of: array) {
                        if elementsOf[array]?.contains(bound) == true { open.append(bound) }
                    } else {
                        open += elementsOf[array] ?? []
                    }
                }
            }
            return found
        }
    }
}
