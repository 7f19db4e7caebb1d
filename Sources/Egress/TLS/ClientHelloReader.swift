import Core
import NIOCore

/// Why the first bytes of a tunnel are not what TLS begins with.
package enum ClientHelloError: String, Error, Sendable {
    case notTLS = "not-tls"
    case tooLarge = "client-hello-too-large"
    case malformed = "client-hello-malformed"
    case twoNames = "two-server-names"
}

/// What a client says of itself before anything is encrypted.
struct ClientHello: Equatable, Sendable {
    /// The host that it expects to speak to (RFC 6066 section 3), as it was written; with ECH the outer one.
    let serverName: String?
}

/// Puts a ClientHello together from however many records and segments, and finds the server's name in it.
///
/// Sources: RFC 8446 sections 4.1.2 and 5.1, RFC 5246 section 7.4.1.2. The bytes themselves stay with the caller, who
/// passes them on untouched.
struct ClientHelloReader: Sendable {
    /// Bytes of the message; with post-quantum keys they are less than four thousand.
    private static let messageLimit = 16 * 1024
    private static let recordLimit = 64

    private var message: [UInt8] = []
    /// Bytes behind which the next record begins.
    private var offset = 0
    private var records = 0

    /// Looks at all that has come from the client; `nil` where more must come first.
    mutating func read(_ bytes: ByteBufferView) throws(ClientHelloError) -> ClientHello? {
        while true {
            guard bytes.count > offset else { return nil }
            let start = bytes.startIndex + offset
            guard bytes[start] == 22 else { throw .notTLS }
            guard bytes.count >= offset + 5 else { return nil }
            guard bytes[start + 1] == 3, bytes[start + 2] <= 4 else { throw .notTLS }
            let length = Int(bytes[start + 3]) << 8 | Int(bytes[start + 4])
            guard length > 0, length <= 1 << 14 else { throw .malformed }
            guard message.count + length <= Self.messageLimit, records < Self.recordLimit else { throw .tooLarge }
            guard bytes.count >= offset + 5 + length else { return nil }
            message += bytes[(start + 5)..<(start + 5 + length)]
            offset += 5 + length
            records += 1
            if let hello = try whole() { return hello }
        }
    }

    private func whole() throws(ClientHelloError) -> ClientHello? {
        guard message[0] == 1 else { throw .notTLS }
        guard message.count >= 4 else { return nil }
        let length = Int(message[1]) << 16 | Int(message[2]) << 8 | Int(message[3])
        guard length + 4 <= Self.messageLimit else { throw .tooLarge }
        guard message.count >= length + 4 else { return nil }
        // A client that has more to say before it is answered is none that we know.
        guard message.count == length + 4 else { throw .malformed }
        var fields = TLSFields(message[4...])
        return try Self.hello(&fields)
    }

    private static func hello(_ fields: inout TLSFields) throws(ClientHelloError) -> ClientHello {
        guard let version = fields.number(2), version >> 8 == 3, fields.take(32) != nil,
            let session = fields.vector(1), session.count <= 32, let suites = fields.vector(2), suites.count >= 2,
            suites.count % 2 == 0, let compression = fields.vector(1), !compression.isEmpty
        else { throw .malformed }
        guard !fields.isEmpty else { return ClientHello(serverName: nil) }
        guard let list = fields.vector(2), fields.isEmpty else { throw .malformed }
        var extensions = TLSFields(list)
        var seen: Set<Int> = []
        var name: String?
        while !extensions.isEmpty {
            guard let type = extensions.number(2), let content = extensions.vector(2), seen.insert(type).inserted else {
                throw .malformed
            }
            if type == 0 { name = try serverName(content) }
        }
        return ClientHello(serverName: name)
    }

    /// The one name of the list, which has no other kind of entry (RFC 6066 section 3).
    private static func serverName(_ content: ArraySlice<UInt8>) throws(ClientHelloError) -> String {
        var fields = TLSFields(content)
        guard let list = fields.vector(2), fields.isEmpty else { throw .malformed }
        var names = TLSFields(list)
        guard names.number(1) == 0, let name = names.vector(2), !name.isEmpty else { throw .malformed }
        guard names.isEmpty else { throw .twoNames }
        guard name.allSatisfy(HTTPCharacter.isVisible) else { throw .malformed }
        return String(decoding: name, as: UTF8.self)
    }
}

/// Takes numbers and vectors off the bytes of a handshake message, never beyond their end (RFC 8446 section 3).
private struct TLSFields {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isEmpty: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number(_ size: Int) -> Int? { take(size)?.reduce(0) { $0 << 8 | Int($1) } }

    /// Bytes that are preceded by their count, which has this many bytes itself.
    mutating func vector(_ size: Int) -> ArraySlice<UInt8>? { number(size).flatMap { take($0) } }
}
