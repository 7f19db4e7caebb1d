import Core

/// The head of an answer from outside, which is trusted no more than a request is (RFC 9112 section 4).
final class ServerResponse: Sendable {
    let head: MessageHead
    let fields: ConnectionFields
    let status: Int
    let isOld: Bool
    let framing: BodyFraming
    /// Where the status and the reason lie.
    let statusLine: Range<Int>

    /// Reads a head that answers a request with this method.
    init(_ head: MessageHead, method: String) throws(HTTPSyntaxError) {
        self.head = head
        let start = head.start
        guard start.count >= 12 else { throw .startLine }
        if head.part(0..<9, isAnyCase: "http/1.1 ") {
            isOld = false
        } else if head.part(0..<9, isAnyCase: "http/1.0 ") {
            isOld = true
        } else {
            throw .version
        }
        let digits = head.bytes[9..<12]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }), digits[9] != 0x30,
            start.count == 12 || head.bytes[12] == HTTPCharacter.space
        else { throw .startLine }
        status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        statusLine = 9..<start.upperBound
        fields = try ConnectionFields(of: head)
        framing = try BodyFraming(ofResponse: fields, status: status, isOld: isOld, method: method)
    }

    /// Whether the server takes another request on this connection.
    var keepsAlive: Bool {
        (isOld ? fields.keeps && !fields.closes : !fields.closes) && framing != .untilClose
    }

    /// Whether this only precedes the answer; 101 is the answer.
    var isInterim: Bool { status < 200 && status != 101 }
}
