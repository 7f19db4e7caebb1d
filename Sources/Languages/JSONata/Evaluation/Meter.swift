/// What an evaluation may still use; every value is made through it.
final class Meter {
    let limits: EvaluationLimits
    private(set) var stepsLeft: Int
    private var bytesLeft: Int

    init(_ limits: EvaluationLimits) {
        self.limits = limits
        stepsLeft = limits.steps
        bytesLeft = limits.bytes
    }

    /// Pays for work.
    func step(_ count: Int = 1) throws(JSONataError) {
        stepsLeft -= min(count, stepsLeft + 1)
        guard stepsLeft >= 0 else { throw JSONataError.tooLong(limit: limits.steps) }
    }

    /// Pays for bytes that are about to be made.
    func charge(_ bytes: Int) throws(JSONataError) {
        bytesLeft -= min(bytes, bytesLeft + 1)
        guard bytesLeft >= 0 else { throw JSONataError("U1002", details: ["limit": String(limits.bytes)]) }
    }

    /// Pays for elements that are about to be made.
    func chargeElements(_ count: Int) throws(JSONataError) {
        try charge(count > Int.max / 64 ? Int.max : count * MemoryLayout<Value>.stride)
    }

    /// Makes an array.
    func list(_ elements: [Value], _ traits: List.Traits = []) throws(JSONataError) -> Value {
        try step(1 + elements.count / 16)
        try charge(48 + elements.count * MemoryLayout<Value>.stride)
        let shape = Shape(holding: elements)
        try check(depth: shape.depth)
        return .array(List(elements, traits: traits, shape: shape))
    }

    /// Makes a sequence: what a path or a function gives.
    func sequence(_ elements: [Value]) throws(JSONataError) -> Value { try list(elements, .sequence) }

    /// Pays for a member of an object.
    func chargeMember(_ key: String) throws(JSONataError) {
        try step()
        try charge(48 + key.utf8.count)
    }

    /// Pays for an object that was filled.
    func object(_ record: Record) throws(JSONataError) -> Value {
        try charge(64)
        record.settleShape()
        try check(depth: record.shape.depth)
        return .object(record)
    }

    /// Makes a text.
    func text(_ text: String) throws(JSONataError) -> Value {
        try charge(16 + text.utf8.count)
        return .string(text)
    }

    /// Makes a function that holds what has these depths.
    func function(_ body: Function.Body, holding depths: Int...) throws(JSONataError) -> Value {
        try charge(128)
        let depth = (depths.max() ?? 0) + 1
        try check(depth: depth)
        return .function(Function(body, depth: depth))
    }

    /// Refuses what is nested too deep.
    func check(depth: Int) throws(JSONataError) {
        guard depth <= limits.nesting else { throw JSONataError("U1003", details: ["limit": String(limits.nesting)]) }
    }
}
