/// The arguments of a function, each in the place of its parameter.
struct Arguments {
    let values: [Value]

    /// An argument; `undefined` where it was not given.
    subscript(_ place: Int) -> Value { place < values.count ? values[place] : .undefined }

    /// The text in a place.
    func text(_ place: Int) -> String? { self[place].string }

    /// The number in a place, which is finite.
    func number(_ place: Int) throws(JSONataError) -> Double? {
        guard case .number(let number) = self[place] else { return nil }
        guard number.isFinite else { throw JSONataError("D1001", value: NumberText.shortest(number)) }
        return number
    }

    /// The numbers in an array.
    func numbers(_ place: Int) throws(JSONataError) -> [Double]? {
        guard case .array(let list) = self[place] else { return nil }
        var numbers: [Double] = []
        for case .number(let number) in list.elements { numbers.append(number) }
        return numbers
    }
}
