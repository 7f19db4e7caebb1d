import Core
import NIOCore

/// Writes the heads that leave the proxy, in both directions: what is hop-by-hop stays here, what frames the body is ours.
enum OutgoingHead {
    /// The request in origin form (RFC 9112 section 3.2.1), with `Host` made from the target (section 3.2.2).
    static func request(
        _ request: ProxyRequest, _ target: RequestTarget, _ attempt: EgressAttempt, path: some StringProtocol,
        _ injection: Injection
    ) -> ByteBuffer {
        var head = ByteBuffer()
        head.reserveCapacity(request.head.bytes.count + 256)
        head.writeString(request.method)
        head.writeInteger(HTTPCharacter.space)
        head.writeSubstring(Substring(path))
        if let query = injection.query {
            head.writeInteger(UInt8(ascii: "?"))
            head.writeString(query)
        }
        head.writeStaticString(" HTTP/1.1\r\nHost: ")
        head.writeString(target.host.text)
        if attempt.port != (attempt.way == .originated ? .https : .http) {
            head.writeInteger(HTTPCharacter.colon)
            write(Int(attempt.port.number), to: &head)
        }
        head.writeStaticString("\r\n")
        write(request.head, to: &head) {
            request.fields.isHopByHop($0, in: request.head) || injection.replaces($0, in: request.head)
        }
        for (name, value) in injection.headers {
            head.writeString(name)
            head.writeStaticString(": ")
            head.writeBytes(value)
            head.writeStaticString("\r\n")
        }
        writeFraming(of: request, injection, to: &head)
        // RFC 9110 section 7.6.3 wants a proxy to say so; a pseudonym says nothing about the machine.
        head.writeStaticString("Via: 1.1 martlet\r\n\r\n")
        return head
    }

    private static func writeFraming(of request: ProxyRequest, _ injection: Injection, to head: inout ByteBuffer) {
        if let body = injection.body {
            head.writeString("Content-Type: \(body.type)\r\nContent-Length: \(body.bytes.count)\r\n")
            return
        }
        switch request.framing {
        case .length(let length): writeLength(length, to: &head)
        case .chunked: head.writeStaticString("Transfer-Encoding: chunked\r\n")
        case .none: if request.fields.length != nil { head.writeStaticString("Content-Length: 0\r\n") }
        case .untilClose: break
        }
        if request.fields.expectsContinue, !request.isOld, request.framing != .none {
            head.writeStaticString("Expect: 100-continue\r\n")
        }
        if request.upgradesToWebSocket { head.writeStaticString("Connection: Upgrade\r\nUpgrade: websocket\r\n") }
    }

    /// The answer, with the framing that the client understands.
    static func response(
        _ response: ServerResponse, framing: BodyFraming, keepsAlive: Bool, toOld: Bool, method: String
    ) -> ByteBuffer {
        var head = start(response, framing)
        if response.status == 101 {
            head.writeStaticString("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            return head
        }
        if response.isInterim {
            head.writeStaticString("\r\n")
            return head
        }
        switch framing {
        case .length(let length): writeLength(length, to: &head)
        case .chunked: head.writeStaticString("Transfer-Encoding: chunked\r\n")
        case .none:
            // Of HEAD and 304 the length is told, though nothing follows (RFC 9110 section 8.6).
            if let length = response.fields.length, response.status != 204 { writeLength(length, to: &head) }
        case .untilClose: break
        }
        if !keepsAlive {
            head.writeStaticString("Connection: close\r\n")
        } else if toOld {
            head.writeStaticString("Connection: keep-alive\r\n")
        }
        head.writeStaticString("\r\n")
        return head
    }

    private static func start(_ response: ServerResponse, _ framing: BodyFraming) -> ByteBuffer {
        var head = ByteBuffer()
        // A short body that is sent together with its head has room behind it.
        let body = if case .length(let length) = framing, length <= Wire.pieceLimit { length } else { 0 }
        head.reserveCapacity(response.head.bytes.count + 64 + body)
        head.writeStaticString("HTTP/1.1 ")
        head.writeBytes(response.head.bytes[response.statusLine])
        head.writeStaticString("\r\n")
        write(response.head, to: &head) { response.fields.isHopByHop($0, in: response.head) }
        return head
    }

    /// Writes the fields that are not left out; those that follow each other go as they came, in one piece.
    private static func write(
        _ message: MessageHead, to head: inout ByteBuffer, leavingOut isLeftOut: (MessageHead.Field) -> Bool
    ) {
        var run: Range<Int>?
        for field in message.fields {
            if isLeftOut(field) {
                if let run { head.writeBytes(message.bytes[run]) }
                run = nil
            } else {
                run = (run?.lowerBound ?? field.name.lowerBound)..<field.end
            }
        }
        if let run { head.writeBytes(message.bytes[run]) }
    }

    private static func write(_ number: Int, to head: inout ByteBuffer) {
        // The digits of a number of up to fifteen fit a string that needs no memory of its own.
        head.writeString(String(number))
    }

    private static func writeLength(_ length: Int, to head: inout ByteBuffer) {
        head.writeStaticString("Content-Length: ")
        write(length, to: &head)
        head.writeStaticString("\r\n")
    }

    /// The size line of a chunk.
    static func chunkSize(_ count: Int) -> ByteBuffer { ByteBuffer(string: String(count, radix: 16) + "\r\n") }
}
