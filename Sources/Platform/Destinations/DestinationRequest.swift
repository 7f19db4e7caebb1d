import Core
import Egress

/// The call of an outside endpoint, made of what its destination, its connection and the target of a rule say.
struct DestinationRequest: Sendable {
    /// Why nothing can be called with what was said; nothing of a secret is in it.
    enum Flaw: Error, Equatable {
        case address
        case header(String)
        case bodyNotAnObject
    }

    /// What the way out says itself, or what could make two requests of one.
    private static let reserved: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "via", "expect",
        "proxy-authorization", "proxy-connection", "keep-alive",
    ]
    /// Methods whose requests have no body.
    private static let bodiless: Set<String> = ["GET", "HEAD", "OPTIONS"]

    let address: WebAddress
    let method: String
    var headers: [AddedParameters.Field]
    let body: [UInt8]

    /// Puts it together: stars of the path become values, in order; what goes into the body becomes members of it.
    init(
        endpoint: String, method: String, _ added: AddedParameters, body: [UInt8]
    ) throws(Flaw) {
        var url = ""
        var values = added.path.makeIterator()
        for character in endpoint {
            guard character == "*" else {
                url.append(character)
                continue
            }
            // The way out refuses paths that two readers could split differently.
            guard let value = values.next(), !value.isEmpty, value != ".", value != "..", !value.contains("/"),
                !value.contains("\\")
            else { throw .address }
            url += Self.encoded(value)
        }
        if !added.query.isEmpty {
            url += (url.contains("?") ? "&" : "?") + added.query.map(Self.pair).joined(separator: "&")
        }
        guard let address = WebAddress(url) else { throw .address }
        self.address = address
        self.method = method
        headers = added.headers.filter { !Self.reserved.contains($0.name.lowercased()) }
        for header in headers { try Self.check(header) }
        if Self.bodiless.contains(method) {
            self.body = []
        } else if added.body.isEmpty {
            self.body = body
        } else {
            // What is no JSON has no members.
            guard var object = (try? JSON(parsing: body))?.object else { throw .bodyNotAnObject }
            for field in added.body { object[field.name] = .string(field.value) }
            self.body = JSON.object(object).serialized
        }
    }

    /// With one header more, in the place of those of its name.
    mutating func set(_ header: AddedParameters.Field) throws(Flaw) {
        try Self.check(header)
        guard !Self.reserved.contains(header.name.lowercased()) else { throw .header(header.name) }
        headers.removeAll { $0.name.lowercased() == header.name.lowercased() }
        headers.append(header)
    }

    /// With a header where none of its name is said.
    mutating func setIfMissing(_ name: String, _ value: String) {
        guard !headers.contains(where: { $0.name.lowercased() == name.lowercased() }) else { return }
        headers.append(AddedParameters.Field(name: name, value: value))
    }

    /// A name and a value, as queries and forms have them.
    static func pair(_ field: AddedParameters.Field) -> String { "\(encoded(field.name))=\(encoded(field.value))" }

    private static func check(_ header: AddedParameters.Field) throws(Flaw) {
        guard !header.name.isEmpty, header.name.utf8.allSatisfy(HTTPCharacter.isToken),
            header.value.utf8.allSatisfy(HTTPCharacter.isText)
        else { throw .header(String(header.name.prefix(64))) }
    }

    /// Text as a field of a form or of a query may have it (RFC 3986 section 2.3).
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            if HTTPCharacter.isAlphanumeric(byte) || "-._~".utf8.contains(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
