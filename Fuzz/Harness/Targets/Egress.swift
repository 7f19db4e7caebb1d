import Core
import NIOCore

@testable import Egress

extension FuzzTarget {
    /// What a function sends to its way out, what a server answers, and what an operator writes down as rules.
    static let egress = [
        egressRequests, egressBodies, egressAnswers, clientHellos, hosts, egressPaths, egressRules, mailReplies,
        mailTexts,
    ]

    /// `SMTPReplyReader`; the first byte says in how large pieces the others arrive.
    private static let mailReplies = FuzzTarget(
        "mail-replies", texts: ["\u{0}220 a\r\n250-b\r\n250 c\r\n", "\u{3}354\r\n", "\u{1}220-a\r\n221 b\r\n"]
    ) { bytes in
        guard let size = bytes.first.map({ Int($0) + 1 }) else { return }
        let content = bytes.dropFirst()
        require(
            replies(content, content.count + 1) == replies(content, size), "pieces are put together to something else")
    }

    /// The replies, as far as they are some; `nil` where something is none.
    private static func replies(_ bytes: ArraySlice<UInt8>, _ size: Int) -> [SMTPReply]? {
        var (reader, replies, rest) = (SMTPReplyReader(), [SMTPReply](), bytes)
        while !rest.isEmpty {
            var piece = ByteBuffer(bytes: rest.prefix(size))
            rest = rest.dropFirst(size)
            reader.append(&piece)
            while true {
                guard let reply = accepted({ try reader.next() }) else { return nil }
                guard let reply else { break }
                replies.append(reply)
            }
        }
        return replies
    }

    /// `MailAddress`, and a text as subject, name and content of a mail: it adds no line to the head, and ends nothing.
    private static let mailTexts = FuzzTarget(
        "mail-texts", texts: ["a@b.example", "a\r\nBcc: c@d.example", ".\r\n.", "=?UTF-8?Q?a?=", "Grüße"]
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let sender = accepted({ try MailAddress("a@b.example") }) else { return require(false, "no sender") }
        let address = accepted { try MailAddress(text) }
        require(
            address.map { $0.text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x3C && $0 != 0x3E && $0 != 0x7F } } ?? true,
            "an address ends its path")
        var message = MailMessage(
            from: sender, to: address ?? sender, subject: text, text: text, id: RequestID(), date: .now)
        message.senderName = text
        message.unsubscribeURL = text
        let stuffed = SMTPDialogue.stuffed(message.bytes)
        let lines = stuffed.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        require(lines.allSatisfy { $0.count <= 999 && $0.last == 0x0D }, "a line is not as mail has it")
        require(lines.filter { $0.elementsEqual([0x2E, 0x0D]) }.count == 1, "the content ends early")
        let head = lines.prefix { $0.count > 1 }.filter { $0.first != 0x20 }
        require((9...10).contains(head.count), "the text adds a line to the head")
    }

    /// `MessageHead`, `ConnectionFields`, `RequestTarget` and `OutgoingHead`.
    private static let egressRequests = FuzzTarget(
        "egress-requests",
        texts: [
            "GET http://a.example:81/b?c=d HTTP/1.1\r\nHost: a.example:81\r\nConnection: x, close\r\nX: y\r\n\r\n",
            "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n",
            "POST http://[2001:db8::1]/ HTTP/1.0\r\nContent-Length: 7\r\n\r\n",
            "GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        ]
    ) { bytes in
        guard let head = accepted({ try MessageHead(parsing: bytes) }),
            let request = accepted({ try ProxyRequest(head) })
        else { return }
        guard case .forward(let target) = request.kind else { return }
        let attempt = EgressAttempt(
            caller: "", way: .http, host: target.host, port: target.port ?? .http, method: request.method, rule: "")
        let written = OutgoingHead.request(
            request, target, attempt, path: target.path, Injection(query: target.query))
        // What goes out is one head, with one reading, for the same host, and with the same body.
        let outgoing = accepted { try MessageHead(parsing: Array(written.readableBytesView)) }
        guard let outgoing, let fields = accepted({ try ConnectionFields(of: outgoing) }) else {
            return require(false, "what is sent cannot be read")
        }
        require(fields.hosts == 1 && (fields.length == nil || !fields.isChunked), "what is sent is ambiguous")
        let host = accepted { try RequestTarget.authority(outgoing.text(fields.host)[...]) }
        require(host?.0 == target.host, "what is sent is for another host")
        let framing = accepted { try BodyFraming(ofRequest: fields, isOld: false) }
        require(framing == request.framing, "what is sent has another body")
    }

    /// `BodyReader`; the first byte says in how large pieces the others arrive.
    private static let egressBodies = FuzzTarget(
        "egress-bodies",
        texts: ["\u{0}4;a=b\r\nabcd\r\n02\r\nef\r\n0\r\nTrailer: x\r\n\r\nGET", "\u{3}0\r\n\r\n", "\u{1}FFFFFFFF\r\na"]
    ) { bytes in
        guard let size = bytes.first.map({ Int($0) + 1 }) else { return }
        let content = Array(bytes.dropFirst())
        let pieces = stride(from: 0, to: content.count, by: size).map {
            Array(content[$0..<min(content.count, $0 + size)])
        }
        require(body(of: [content]) == body(of: pieces), "pieces are put together to something else than the whole")
    }

    private static func body(of pieces: [[UInt8]]) -> [UInt8]? {
        var (reader, buffer, result) = (BodyReader(.chunked), ByteBuffer(), [UInt8]())
        for piece in pieces {
            buffer.writeBytes(piece)
            while true {
                guard let next = accepted({ try reader.next(from: &buffer) }) else { return nil }
                guard let next else { break }
                guard case .data(let data) = next else { return result }
                result += data.readableBytesView
            }
        }
        return nil
    }

    /// `ServerResponse`: what is passed on has one framing, and reads itself.
    private static let egressAnswers = FuzzTarget(
        "egress-answers",
        texts: [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: x\r\nX: y\r\n\r\n", "HTTP/1.0 404\r\n\r\n",
            "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nTrailer: t\r\n\r\n",
            "HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n",
        ]
    ) { bytes in
        guard let head = accepted({ try MessageHead(parsing: bytes) }),
            let response = accepted({ try ServerResponse(head, method: "GET") })
        else { return }
        let framing = response.framing == .untilClose ? .chunked : response.framing
        let written = OutgoingHead.response(
            response, framing: framing, keepsAlive: true, toOld: false, method: "GET")
        let again = accepted {
            try ServerResponse(MessageHead(parsing: Array(written.readableBytesView)), method: "GET")
        }
        require(again?.status == response.status, "what is passed on cannot be read")
        require(response.isInterim || response.status == 101 || again?.framing == framing, "another body is passed on")
    }

    /// `ClientHelloReader`: segments say the same as the whole.
    private static let clientHellos = FuzzTarget(
        "client-hellos",
        seeds: [
            [22, 3, 1, 0, 58, 1, 0, 0, 54, 3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0, 2, 19, 1, 1, 0, 0, 11]
                + [0, 0, 0, 7, 0, 5, 0, 0, 2, 97, 98], [22, 3, 1, 0, 1, 1, 22, 3, 1, 0, 1, 0], [22, 3, 3, 64, 0],
        ]
    ) { bytes in
        var whole = ClientHelloReader()
        let expected = Result { try whole.read(ByteBuffer(bytes: bytes).readableBytesView) }
        var (reader, buffer) = (ClientHelloReader(), ByteBuffer())
        for byte in bytes {
            buffer.writeInteger(byte)
            let found = Result { try reader.read(buffer.readableBytesView) }
            switch (found, expected) {
            case (.success(nil), _): continue
            case (.success(let hello), .success(let other)):
                return require(hello == other, "segments say something else")
            case (.failure, .failure): return
            // The whole is looked at record by record too, so a part never says more.
            default: return require(false, "segments end otherwise")
            }
        }
    }

    /// `IPAddressParser`, `Host` and `AddressRange`.
    private static let hosts = FuzzTarget(
        "egress-hosts",
        texts: [
            "API.example.com.", "127.0.0.1", "[::ffff:10.0.0.1]", "0x7f.1", "017700000001", "xn--a.b", "10.0.0.0/8",
            "fd00::/8", "1:0:0:2::3",
        ]
    ) { bytes in
        let text = bytes.text
        if let host = accepted({ try Host(text) }) {
            require(accepted { try Host(host.text) } == host, "a host has two spellings")
            require(host.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/@\\%?#".utf8.contains($0) })
            if case .name(let name) = host { require(!name.endsInNumber) }
        }
        if let range = AddressRange(text) {
            require(AddressRange(range.description) == range && range.contains(range.first))
            _ = range.first.kind
        }
        if let address = IPAddress(bytes: bytes) {
            let parsed = IPAddressParser.v4(address.description) ?? IPAddressParser.v6(address.description)
            require(parsed == address && parsed?.kind == address.kind, "an address does not read itself")
        }
    }

    /// `CanonicalPath`: the one form is its own.
    private static let egressPaths = FuzzTarget(
        "egress-paths", texts: ["/a/%2e%2e/b", "/%61/b;c=d", "/a//b", "/%C3%a9/", "/..;/x"]
    ) { bytes in
        guard let path = accepted({ try CanonicalPath(bytes.text) }) else { return }
        require(accepted { try CanonicalPath(path.text) } == path, "a path has two forms")
        let segments = path.text.split(separator: "/", omittingEmptySubsequences: false)
        require(!segments.contains("..") && !segments.contains("."), "a path climbs")
    }

    /// `RuleReader`, `SecretTemplate` and `PathPattern`; a request is judged by what was understood.
    private static let egressRules = FuzzTarget(
        "egress-rules",
        texts: [
            #"[{"host":"*.example.com","ports":[443,"8000-8100"],"speak":["tls"],"addresses":["10.0.0.0/8"]}]"#,
            #"[{"host":"a.b","tls":"originate","methods":["GET"],"paths":["/v1/**"],"headers":{"A":"B {{secret:C}}"}}]"#,
            #"[{"host":"a.b","tls":"originate","query":{"k":"{{secret:x}}"},"body":{"type":"application/json","fields":{"a":"b"}}}]"#,
        ]
    ) { bytes in
        guard let rules = accepted({ try EgressRule.list(parsing: bytes.text) }),
            let policy = accepted({ try EgressPolicy(function: rules) })
        else { return }
        for text in ["a.b", "x.example.com", "10.0.0.1", "[::1]"] {
            guard let host = accepted({ try Host(text) }) else { continue }
            _ = policy.judge(host: host, port: nil, method: "GET", path: "/v1/a")
            _ = policy.judge(host: host, port: .https)
        }
    }
}
