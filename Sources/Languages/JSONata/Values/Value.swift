/// A value while an expression is evaluated; never leaves it.
enum Value {
    case undefined
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array(List)
    case object(Record)
    case function(Function)

    var isUndefined: Bool {
        if case .undefined = self { true } else { false }
    }

    /// The array; `nil` for every other kind.
    var list: List? {
        if case .array(let list) = self { list } else { nil }
    }

    /// The text; `nil` for every other kind.
    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The function; `nil` for every other kind.
    var function: Function? {
        if case .function(let function) = self { function } else { nil }
    }

    /// The elements of an array, the value itself, or nothing.
    var items: [Value] {
        switch self {
        case .undefined: []
        case .array(let list): list.elements
        default: [self]
        }
    }

    /// How deep it nests, and whether there is a function in it.
    var shape: Shape {
        switch self {
        case .array(let list): list.shape
        case .object(let record): record.shape
        case .function(let function): Shape(depth: function.depth, holdsFunctions: true)
        default: Shape()
        }
    }

    /// What `$type` says.
    var typeName: String? {
        switch self {
        case .undefined: nil
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        case .function: "function"
        }
    }

    /// Whether it counts as true, as `$boolean` has it; `undefined` does not.
    func isTruthy(_ meter: Meter) throws(JSONataError) -> Bool {
        switch self {
        case .undefined, .null, .function: return false
        case .bool(let flag): return flag
        case .number(let number): return number != 0 && !number.isNaN
        case .string(let text): return !text.isEmpty
        case .object(let record): return record.count > 0
        case .array(let list):
            for element in list.elements {
                try meter.step()
                if try element.isTruthy(meter) { return true }
            }
            return false
        }
    }

    /// What is left of a sequence where a single value can stand: none of none, and the one of one.
    var unwrapped: Value {
        guard case .array(let list) = self, list.traits.contains(.sequence), !list.traits.contains(.tuples) else {
            return self
        }
        switch list.elements.count {
        case 0: return .undefined
        case 1: return list.traits.contains(.keepsSingleton) ? self : list.elements[0]
        default: return self
        }
    }
}
