/// What one event has in the fields that rules name.
struct EventValues: Sendable {
    /// A value that is neither an object nor an array.
    struct Value: Sendable {
        enum Kind: UInt8, Sendable {
            case string
            case number
            case literal
        }

        let kind: Kind
        /// Whether it had to be decoded, so that it does not lie in the event.
        let isDecoded: Bool
        let isASCII: Bool
        let start: Int
        let count: Int
        /// The innermost element of an array of objects that it lies in; 0 where it lies in none.
        let element: Int32
        /// The value before it in the same field; -1 where there is none.
        let previous: Int32
    }

    /// An element of an array that is an object or an array itself.
    struct Element: Sendable {
        let array: Int32
        /// The element around the array; 0 where there is none.
        let outer: Int32
    }

    private(set) var values: [Value] = []
    /// The fields that have values.
    private(set) var fields: [Int32] = []
    /// All elements, the first of which stands for none.
    private(set) var elements = [Element(array: -1, outer: 0)]
    private(set) var arrayCount: Int32 = 0
    /// The texts that had to be decoded.
    var decoded: [UInt8] = []
    private var fieldStates: [FieldState] = []
    private var event: UInt32 = 0

    /// The last value of a field, of use only where it was set for this event.
    private struct FieldState: Sendable {
        var last: Int32 = -1
        var setFor: UInt32 = 0
        /// For which event the field had a value in an array of objects.
        var elementFor: UInt32 = 0
    }

    /// Forgets what the event before had.
    mutating func begin(fieldCount: Int) {
        values.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        elements.removeSubrange(1...)
        decoded.removeAll(keepingCapacity: true)
        arrayCount = 0
        if event == .max || fieldStates.count < fieldCount {
            fieldStates = [FieldState](repeating: FieldState(), count: fieldCount)
            event = 0
        }
        event += 1
    }

    /// The last value of a field; -1 where it has none.
    @inline(__always)
    func lastValue(of field: Int32) -> Int32 {
        guard field >= 0 else { return -1 }
        let state = fieldStates[Int(field)]
        return state.setFor == event ? state.last : -1
    }

    mutating func append(
        to field: Int32, _ kind: Value.Kind, _ range: Range<Int>, isDecoded: Bool, isASCII: Bool, element: Int32
    ) {
        var state = fieldStates[Int(field)]
        let previous = state.setFor == event ? state.last : -1
        if previous < 0 { fields.append(field) }
        (state.last, state.setFor) = (Int32(values.count), event)
        if element > 0 { state.elementFor = event }
        fieldStates[Int(field)] = state
        values.append(
            Value(
                kind: kind, isDecoded: isDecoded, isASCII: isASCII, start: range.lowerBound, count: range.count,
                element: element, previous: previous))
    }

    /// A new array, whose elements may be told apart.
    mutating func addArray() -> Int32 {
        arrayCount += 1
        return arrayCount - 1
    }

    mutating func addElement(of array: Int32, in outer: Int32) -> Int32 {
        elements.append(Element(array: array, outer: outer))
        return Int32(elements.count - 1)
    }

    /// Whether any array of objects was met.
    var hasElements: Bool { elements.count > 1 }

    /// Whether a field has values in arrays of objects.
    func hasElements(in field: Int32) -> Bool { fieldStates[Int(field)].elementFor == event }

    /// A value by itself.
    func leaf(_ number: Int32, in source: Span<UInt8>) -> LeafValue {
        let value = values[Int(number)]
        var text: [UInt8] = []
        text.reserveCapacity(value.count)
        for place in value.start..<(value.start + value.count) {
            text.append(value.isDecoded ? decoded[place] : source[place])
        }
        return switch value.kind {
        case .string: .string(text)
        case .number: .number(text)
        case .literal: .literal(text)
        }
    }
}
