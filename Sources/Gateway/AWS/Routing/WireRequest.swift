/// An HTTP request as the codec reads it: the target still raw, the body complete.
package struct WireRequest: Sendable {
    package let method: String
    /// The path as it was sent, escapes and all.
    package let rawPath: String
    /// What follows the question mark, without it; empty where there is none.
    package let rawQuery: String
    package let headers: WireHeaders
    package let body: [UInt8]

    /// Takes the parts of a request.
    package init(method: String, rawPath: String, rawQuery: String, headers: WireHeaders, body: [UInt8]) {
        self.method = method
        self.rawPath = rawPath
        self.rawQuery = rawQuery
        self.headers = headers
        self.body = body
    }
}

/// HTTP headers in order; names are the same whatever their case.
package struct WireHeaders: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var fields: [(name: String, value: String)]

    /// Takes headers in order.
    package init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

    package init(dictionaryLiteral elements: (String, String)...) { fields = elements.map { ($0, $1) } }

    /// The first value of a header.
    package subscript(_ name: String) -> String? {
        fields.first { Self.same($0.name, name) }?.value
    }

    /// Every value of a header that was sent several times.
    package func all(_ name: String) -> [String] {
        fields.filter { Self.same($0.name, name) }.map(\.value)
    }

    /// Adds a header after the others.
    package mutating func append(_ name: String, _ value: String) { fields.append((name, value)) }

    private static func same(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }
}
