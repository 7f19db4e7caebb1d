/// A text that expressions are matched with.
final class Subject {
    let scalars: [Unicode.Scalar]

    init(_ text: String, meter: Meter) throws(JSONataError) {
        try meter.step(text.utf8.count / 16)
        try meter.charge(4 * text.utf8.count)
        scalars = Array(text.unicodeScalars)
    }

    /// A part of the text.
    subscript(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    /// How many units of UTF-16 come before a place, which is how ECMAScript counts.
    func unit(at place: Int) -> Int { scalars[..<place].reduce(0) { $0 + ($1.value > 0xFFFF ? 2 : 1) } }
}
