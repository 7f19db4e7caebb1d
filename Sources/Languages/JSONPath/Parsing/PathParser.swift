import Core

/// Reads a path by recursive descent, with a bound.
struct PathParser {
    let scalars: [Unicode.Scalar]
    let dialect: PathDialect
    var position = 0
    var depth = 0
    private(set) var endsInLength = false

    init(text: String, dialect: PathDialect) {
        scalars = Array(text.unicodeScalars)
        self.dialect = dialect
    }

    /// A whole path and nothing after it.
    mutating func document() throws(PathError) -> (root: PathRoot, segments: [PathSegment]) {
        guard scalars.count <= PathLimits.length else {
            throw PathError(reason: .tooLong(limit: PathLimits.length), offset: 0)
        }
        guard take("$") else { throw error(.missingRoot) }
        let root = dialect == .stepFunctions ? otherRoot() : .document
        let segments = try segments(isOutermost: true)
        guard position == scalars.count else { throw unexpected() }
        return (root, segments)
    }

    private mutating func otherRoot() -> PathRoot {
        if take("$") { return .context }
        let start = position
        while let scalar = peek(), Self.isVariableCharacter(scalar, isFirst: position == start) { position += 1 }
        return position == start ? .document : .variable(text(from: start))
    }

    /// Segments, as many as there are; white space is left alone where none follows.
    mutating func segments(isOutermost: Bool = false) throws(PathError) -> [PathSegment] {
        var segments: [PathSegment] = []
        while true {
            let start = position
            skipSpace()
            guard let next = peek(), next == "." || next == "[" else {
                position = start
                return segments
            }
            if isOutermost, dialect == .stepFunctions, takeLength() {
                endsInLength = true
                return segments
            }
            segments.append(try segment())
        }
    }

    private mutating func segment() throws(PathError) -> PathSegment {
        guard take(".") else { return PathSegment(selectors: try bracketed(), takesDescendants: false) }
        let takesDescendants = take(".")
        guard let next = peek() else { throw error(.unexpectedEnd) }
        if next == "[", takesDescendants || dialect == .stepFunctions {
            return PathSegment(selectors: try bracketed(), takesDescendants: takesDescendants)
        }
        if take("*") { return PathSegment(selectors: [.wildcard], takesDescendants: takesDescendants) }
        return PathSegment(selectors: [.name(try shorthand())], takesDescendants: takesDescendants)
    }

    private mutating func takeLength() -> Bool {
        let word = Array(".length()".unicodeScalars)
        guard scalars[position...].elementsEqual(word) else { return false }
        position += word.count
        return true
    }

    private mutating func shorthand() throws(PathError) -> String {
        let start = position
        while let scalar = peek(), isNameCharacter(scalar, isFirst: position == start) { position += 1 }
        guard position > start else { throw unexpected() }
        return text(from: start)
    }

    private func isNameCharacter(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9": !isFirst || dialect == .stepFunctions
        case "\u{80}"...: true
        // Whatever does not mean something else.
        case "-", "+", "#", "%", ";", "^", "`", "{", "}", "~", "/", ":": dialect == .stepFunctions
        default: false
        }
    }

    private static func isVariableCharacter(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9": !isFirst
        case "\u{80}"...: isFirst ? scalar.properties.isIDStart : scalar.properties.isIDContinue
        default: false
        }
    }

    /// Runs a part that may hold itself; throws where it nests too deep.
    mutating func nested<T>(_ body: (inout PathParser) throws(PathError) -> T) throws(PathError) -> T {
        guard depth < PathLimits.depth else { throw error(.tooDeep(limit: PathLimits.depth)) }
        depth += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    /// The character so many places ahead; `nil` behind the end.
    func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    /// Goes past a character if it is the next one, and says whether it was.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        position += 1
        return true
    }

    /// Goes past a character that must be the next one.
    mutating func expect(_ scalar: Unicode.Scalar) throws(PathError) {
        guard take(scalar) else { throw unexpected() }
    }

    /// Goes past white space as JSON knows it.
    mutating func skipSpace() {
        while let scalar = peek(), [" ", "\t", "\n", "\r"].contains(scalar) { position += 1 }
    }

    /// What was read since a place.
    func text(from start: Int) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[start..<position])
        return text
    }

    /// What is wrong here.
    func error(_ reason: PathError.Reason) -> PathError { PathError(reason: reason, offset: position) }

    /// The error that the next character is not expected, or that there is none.
    func unexpected() -> PathError {
        peek().map { error(.unexpectedCharacter($0)) } ?? error(.unexpectedEnd)
    }
}
