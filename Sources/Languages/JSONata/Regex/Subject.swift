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
}
