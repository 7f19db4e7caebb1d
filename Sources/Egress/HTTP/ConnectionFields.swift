/// What the fields of a head say about the body and the connection, gathered in one pass (RFC 9112 sections 6 and 9).
struct ConnectionFields: Sendable {
    private(set) var hosts = 0
    private(set) var host = 0..<0
    private(set) var length: Int?
    private(set) var isChunked = false
    private(set) var closes = false
    private(set) var keeps = false
    private(set) var upgrades = false
    private(set) var upgrade: Range<Int>?
    private(set) var expectsContinue = false
    private(set) var expectsOther = false
    private(set) var hasProxyAuthorization = false
    /// Further fields that are meant for the next hop only.
    private(set) var options: [Range<Int>] = []

    private static let optionLimit = 16

    /// Goes through the fields of a head.
    init(of head: MessageHead) throws(HTTPSyntaxError) {
        for field in head.fields { try note(field, in: head) }
    }

    private mutating func note(_ field: MessageHead.Field, in head: MessageHead) throws(HTTPSyntaxError) {
        switch field.name.count {
        case 4 where head.part(field.name, isAnyCase: "host"):
            hosts += 1
            host = field.value
        case 6 where head.part(field.name, isAnyCase: "expect"):
            if head.part(field.value, isAnyCase: "100-continue") { expectsContinue = true } else { expectsOther = true }
        case 7 where head.part(field.name, isAnyCase: "upgrade"):
            guard upgrade == nil else { throw .connection }
            upgrade = field.value
        case 10 where head.part(field.name, isAnyCase: "connection"): try noteConnection(field.value, in: head)
        case 14 where head.part(field.name, isAnyCase: "content-length"):
            guard length == nil, let value = Self.length(head.bytes.span.extracting(field.value)) else {
                throw .ambiguousLength
            }
            length = value
        case 17 where head.part(field.name, isAnyCase: "transfer-encoding"):
            guard !isChunked, head.part(field.value, isAnyCase: "chunked") else { throw .ambiguousLength }
            isChunked = true
        // A dash to servers that hand headers on as variables (RFC 3875 section 4.1.18), of which one would be the body's.
        case 14 where head.part(field.name, isAnyCase: "content_length"),
            17 where head.part(field.name, isAnyCase: "transfer_encoding"):
            throw .ambiguousLength
        case 19 where head.part(field.name, isAnyCase: "proxy-authorization"): hasProxyAuthorization = true
        default: break
        }
    }

    private mutating func noteConnection(_ value: Range<Int>, in head: MessageHead) throws(HTTPSyntaxError) {
        for option in head.elements(value) {
            if head.part(option, isAnyCase: "close") {
                closes = true
            } else if head.part(option, isAnyCase: "keep-alive") {
                keeps = true
            } else if head.part(option, isAnyCase: "upgrade") {
                upgrades = true
            } else {
                // To have the proxy take away what it relies on itself is an attack (RFC 9110 section 7.6.1).
                guard options.count < Self.optionLimit, !head.part(option, isAnyCase: "host"),
                    !head.part(option, isAnyCase: "content-length"),
                    !head.part(option, isAnyCase: "transfer-encoding")
                else { throw .connection }
                options.append(option)
            }
        }
    }

    private static func length(_ digits: Span<UInt8>) -> Int? {
        guard (1...18).contains(digits.count) else { return nil }
        var value = 0
        for index in digits.indices {
            guard (0x30...0x39).contains(digits[index]) else { return nil }
            value = value * 10 + Int(digits[index] - 0x30)
        }
        return value
    }

    /// Whether a field ends at this hop, and is not passed on (RFC 9110 section 7.6.1).
    func isHopByHop(_ field: MessageHead.Field, in head: MessageHead) -> Bool {
        let name = field.name
        let own =
            switch name.count {
            case 2: head.part(name, isAnyCase: "te")
            case 4: head.part(name, isAnyCase: "host")
            case 6: head.part(name, isAnyCase: "expect")
            case 7: head.part(name, isAnyCase: "upgrade") || head.part(name, isAnyCase: "trailer")
            case 10: head.part(name, isAnyCase: "connection") || head.part(name, isAnyCase: "keep-alive")
            case 14: head.part(name, isAnyCase: "content-length")
            // Only this proxy says what it refused.
            case 16: head.part(name, isAnyCase: "proxy-connection") || head.part(name, isAnyCase: "x-martlet-egress")
            case 17: head.part(name, isAnyCase: "transfer-encoding")
            case 18: head.part(name, isAnyCase: "proxy-authenticate")
            case 19: head.part(name, isAnyCase: "proxy-authorization")
            default: false
            }
        return own || options.contains { head.part(name, isAnyCase: $0) }
    }
}
