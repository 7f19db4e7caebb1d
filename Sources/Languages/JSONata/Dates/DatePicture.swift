/// A picture of dates and times (XPath and XQuery Functions 3.1, section 9.8.4).
struct DatePicture {
    /// A part of a picture.
    enum Part {
        case literal(String)
        case marker(DateMarker)
    }

    let parts: [Part]

    /// ISO 8601, as it is written where no picture is given.
    static let standard = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]"

    /// Reads a picture: text, with `[[` and `]]` for brackets, and markers in brackets.
    init(parsing text: String) throws(JSONataError) {
        guard text.utf8.count <= PictureLimit.bytes else { throw PictureLimit.error }
        var parts: [Part] = []
        var literal = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if (scalar == "[" || scalar == "]") && rest.first == scalar {
                rest.removeFirst()
                literal.unicodeScalars.append(scalar)
            } else if scalar == "[" {
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                guard let end = rest.firstIndex(of: "]") else { throw JSONataError("D3135") }
                parts.append(.marker(try DateMarker(parsing: String(rest[..<end]))))
                rest = rest[rest.index(after: end)...]
            } else {
                literal.unicodeScalars.append(scalar)
            }
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }
}
