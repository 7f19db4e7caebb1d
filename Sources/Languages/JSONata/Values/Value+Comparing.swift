import Core

extension Value {
    /// Whether two values are the same through and through; objects whatever the order of their keys.
    func equals(_ other: Value, meter: Meter) throws(JSONataError) -> Bool {
        try meter.step()
        switch (self, other) {
        case (.undefined, .undefined), (.null, .null): return true
        case (.bool(let left), .bool(let right)): return left == right
        case (.number(let left), .number(let right)): return left == right
        case (.string(let left), .string(let right)): return ExactKey.same(left, right)
        case (.function(let left), .function(let right)): return left === right
        case (.array(let left), .array(let right)):
            guard left !== right else { return true }
            guard left.elements.count == right.elements.count else { return false }
            for (one, two) in zip(left.elements, right.elements) {
                guard try one.equals(two, meter: meter) else { return false }
            }
            return true
        case (.object(let left), .object(let right)):
            guard left !== right else { return true }
            guard left.count == right.count else { return false }
            for (key, value) in zip(left.keys, left.values) {
                guard let other = right[key], try value.equals(other, meter: meter) else { return false }
            }
            return true
        default: return false
        }
    }

    /// Whether a text comes before another, by UTF-16 as ECMAScript compares.
    static func precedes(_ left: String, _ right: String) -> Bool { left.utf16.lexicographicallyPrecedes(right.utf16) }
}
