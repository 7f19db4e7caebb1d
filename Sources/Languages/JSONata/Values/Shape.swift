/// How deep a value nests, and whether there is a function in it.
struct Shape {
    var depth = 0
    var holdsFunctions = false

    /// The shape of what holds all of these.
    init(holding values: some Sequence<Value>) {
        for value in values {
            let inner = value.shape
            if inner.depth > depth { depth = inner.depth }
            if inner.holdsFunctions { holdsFunctions = true }
        }
        depth += 1
    }

    init(depth: Int = 0, holdsFunctions: Bool = false) {
        self.depth = depth
        self.holdsFunctions = holdsFunctions
    }
}
