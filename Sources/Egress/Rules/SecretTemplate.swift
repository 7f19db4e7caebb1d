import Core
import NIOCore

/// The name of a secret in a rule: 1 to 128 letters, digits, dashes, underscores, dots and slashes.
package struct SecretReference: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    /// Takes a name that cannot end a placeholder.
    package init?(_ name: some StringProtocol) {
        guard (1...128).contains(name.utf8.count),
            name.utf8.allSatisfy({ HTTPCharacter.isAlphanumeric($0) || "-_./".utf8.contains($0) })
        else { return nil }
        self.name = String(name)
    }

    package var description: String { name }
}

/// The bytes of a secret, leased for one request; it has no text, and nothing of it shows in a dump.
package struct LeasedSecret: Sendable, CustomReflectable {
    let bytes: [UInt8]

    /// Takes the bytes.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A text with places for secrets: `Bearer {{secret:TOKEN}}`.
package struct SecretTemplate: Hashable, Sendable {
    /// A piece of text, or the place of a secret.
    enum Part: Hashable, Sendable {
        case text([UInt8])
        case secret(SecretReference)
    }

    let parts: [Part]

    private static let opening = Array("{{".utf8)
    private static let closing = Array("}}".utf8)
    private static let kind = "secret:"

    /// Parses a template; braces that are no placeholder are refused, as they are most likely a misspelled one.
    package init(_ text: String) throws(EgressRuleError) {
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        while let start = Self.place(of: Self.opening, in: rest) {
            guard let end = Self.place(of: Self.closing, in: rest[start...]) else { throw .badTemplate(text) }
            let inner = String(decoding: rest[(start + 2)..<end], as: UTF8.self)
            guard inner.hasPrefix(Self.kind), let secret = SecretReference(inner.dropFirst(Self.kind.count)) else {
                throw .badTemplate(text)
            }
            if start > rest.startIndex { parts.append(.text(Array(rest[..<start]))) }
            parts.append(.secret(secret))
            rest = rest[(end + 2)...]
        }
        guard Self.place(of: Self.closing, in: rest) == nil, rest.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .badTemplate(text)
        }
        if !rest.isEmpty { parts.append(.text(Array(rest))) }
        self.parts = parts
    }

    /// The secrets that it needs.
    var secrets: [SecretReference] {
        parts.compactMap { if case .secret(let secret) = $0 { secret } else { nil } }
    }

    /// The text with the secrets in it; `nil` where one was not leased.
    func filled(_ secrets: [SecretReference: LeasedSecret]) -> [UInt8]? {
        var result: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .secret(let reference):
                guard let secret = secrets[reference] else { return nil }
                result += secret.bytes
            }
        }
        return result
    }

    private static func place(of two: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == two[0] && bytes[$0 + 1] == two[1] }
    }
}

/// A header that a rule puts in.
package struct HeaderTemplate: Hashable, Sendable {
    /// In lower case.
    package let name: String
    package let value: SecretTemplate
}

/// A field of a query or of a body that a rule puts in.
package struct FieldTemplate: Hashable, Sendable {
    package let name: String
    package let value: SecretTemplate
}

/// The body that a rule sends in place of an empty one.
package struct BodyTemplate: Hashable, Sendable {
    /// How the fields are written, which also is how whatever is in them is kept from being read as more than a value.
    package enum Form: String, Hashable, Sendable {
        case form = "application/x-www-form-urlencoded"
        case json = "application/json"
    }

    package let form: Form
    package let fields: [FieldTemplate]
}
