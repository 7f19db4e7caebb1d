import Core
import NIOCore

/// What a rule adds to one request, with the secrets in it, written so that nothing in a secret is more than a value.
struct Injection: Sendable {
    /// Header names in lower case, and values.
    private(set) var headers: [(name: String, value: [UInt8])] = []
    /// The whole query, the function's own part first; `nil` where there is none.
    private(set) var query: String?
    private(set) var body: (type: String, bytes: [UInt8])?
    /// What must not come back.
    private(set) var echoes: [[UInt8]] = []

    /// Secrets shorter than this occur by chance.
    private static let shortestEcho = 8

    /// Changes nothing.
    init(query: Substring?) { self.query = query.map { String($0) } }

    /// Fills in the templates of a rule.
    init(
        _ origination: EgressRule.Origination, _ secrets: [SecretReference: LeasedSecret], query: Substring?
    ) throws(EgressRefusal) {
        self.init(query: query)
        for template in origination.headers {
            headers.append((template.name, try Self.headerValue(template.value, secrets)))
        }
        if !origination.query.isEmpty { self.query = try Self.query(query, origination.query, secrets) }
        if let template = origination.body {
            body = (template.form.rawValue, try Self.body(template, secrets))
        }
        for secret in secrets.values where secret.bytes.count >= Self.shortestEcho {
            echoes.append(secret.bytes)
            let escaped = Array(Self.percentEncoded(secret.bytes).utf8)
            if escaped != secret.bytes { echoes.append(escaped) }
        }
    }

    /// Whether the rule says this header itself, so that the function's own is left out.
    ///
    /// An underscore is a dash to servers that hand headers on as variables (RFC 3875 section 4.1.18).
    func replaces(_ field: MessageHead.Field, in head: MessageHead) -> Bool {
        guard !headers.isEmpty || body != nil else { return false }
        let name = Self.asVariable(head.text(field.name))
        return headers.contains { Self.asVariable($0.name) == name }
            || (body != nil && name.elementsEqual("content_type".utf8))
    }

    private static func asVariable(_ name: String) -> [UInt8] {
        name.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    }

    private static func filled(
        _ template: SecretTemplate, _ secrets: [SecretReference: LeasedSecret]
    ) throws(EgressRefusal) -> [UInt8] {
        for reference in template.secrets where secrets[reference] == nil { throw .secret(reference, .notLeased) }
        return template.filled(secrets) ?? []
    }

    /// A field's value: nothing that ends a line or a string (RFC 9110 section 5.5).
    private static func headerValue(
        _ template: SecretTemplate, _ secrets: [SecretReference: LeasedSecret]
    ) throws(EgressRefusal) -> [UInt8] {
        for reference in template.secrets {
            guard let secret = secrets[reference] else { throw .secret(reference, .notLeased) }
            guard !secret.bytes.isEmpty, secret.bytes.allSatisfy(HTTPCharacter.isText) else {
                throw .secret(reference, .unsafe)
            }
        }
        return try filled(template, secrets)
    }

    private static func query(
        _ own: Substring?, _ fields: [FieldTemplate], _ secrets: [SecretReference: LeasedSecret]
    ) throws(EgressRefusal) -> String {
        let names = Set(fields.map { Array($0.name.utf8) })
        var pairs = (own ?? "").split(separator: "&").filter { pair in
            // Some servers take a semicolon for an ampersand.
            !pair.split(separator: ";").contains { names.contains(decoded($0.prefix { $0 != "=" })) }
        }.map { String($0) }
        for field in fields { pairs.append(try pair(field, secrets)) }
        return pairs.joined(separator: "&")
    }

    private static func pair(
        _ field: FieldTemplate, _ secrets: [SecretReference: LeasedSecret]
    ) throws(EgressRefusal) -> String {
        percentEncoded(Array(field.name.utf8)) + "=" + percentEncoded(try filled(field.value, secrets))
    }

    private static func body(
        _ template: BodyTemplate, _ secrets: [SecretReference: LeasedSecret]
    ) throws(EgressRefusal) -> [UInt8] {
        switch template.form {
        case .form:
            var pairs: [String] = []
            for field in template.fields { pairs.append(try pair(field, secrets)) }
            return Array(pairs.joined(separator: "&").utf8)
        case .json:
            var object = JSONObject()
            for field in template.fields {
                guard let text = String(validating: try filled(field.value, secrets), as: UTF8.self) else {
                    guard let secret = field.value.secrets.first else { continue }
                    throw .secret(secret, .unsafe)
                }
                object[field.name] = .string(text)
            }
            return JSON.object(object).serialized
        }
    }

    /// Every byte but letters, digits and `-._~` escaped (RFC 3986 section 2.3), which is right for queries and forms.
    static func percentEncoded(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for byte in bytes {
            if HTTPCharacter.isAlphanumeric(byte) || "-._~".utf8.contains(byte) {
                result.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func decoded(_ text: Substring) -> [UInt8] {
        let source = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count, let high = source[index + 1].hexDigitValue,
                let low = source[index + 2].hexDigitValue
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(source[index] == UInt8(ascii: "+") ? HTTPCharacter.space : source[index])
                index += 1
            }
        }
        return result
    }
}
