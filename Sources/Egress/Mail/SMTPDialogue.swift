import Core

/// How one mail is handed to a relay: what to say to each of its replies.
///
/// Pure. Each command waits for the reply to the one before, so a reply that comes unasked is never taken for another's.
/// Sources: RFC 5321, RFC 3207 (STARTTLS), RFC 4954 (AUTH), RFC 1870 (SIZE), RFC 6531 (SMTPUTF8).
struct SMTPDialogue {
    /// What is to be done next.
    enum Move: Equatable {
        case send([UInt8])
        /// TLS is to be made; `secured` goes on.
        case secure
        /// The mail was taken; a last word, for which no answer is waited.
        case finished([UInt8])
    }

    private enum Step {
        case greeting, hello, startTLS, login, user, password, sender, recipient, data, content, over
    }

    private let security: MailRelay.Security
    private let login: MailLogin?
    private let message: MailMessage
    private let content: [UInt8]
    private var step = Step.greeting
    private var isSecure: Bool

    /// Hands over a message; TLS from the first byte was made before.
    init(_ message: MailMessage, to relay: MailRelay, as login: MailLogin?) {
        security = relay.security
        self.login = login
        self.message = message
        content = message.bytes
        isSecure = relay.security == .tls
    }

    /// TLS stands: what was said before counts no more.
    mutating func secured() -> Move {
        isSecure = true
        return hello()
    }

    /// Takes the reply to what was said last.
    mutating func take(_ reply: SMTPReply) throws(MailFailure) -> Move {
        switch step {
        case .greeting:
            guard reply.kind == 2 else { throw .unfit("says: \(reply.shown)") }
            return hello()
        case .hello:
            guard reply.kind == 2 else { throw .unfit("says: \(reply.shown)") }
            return try introduced(reply)
        case .startTLS:
            guard reply.code == 220 else { throw .unfit("does not start TLS: \(reply.shown)") }
            return .secure
        case .login:
            guard reply.kind == 2 else { throw .unfit("does not let the user in: \(reply.shown)") }
            return sender()
        case .user: return try challenged(reply, .password, login.map { Array($0.user.utf8) } ?? [])
        case .password: return try challenged(reply, .login, login?.password ?? [])
        case .sender:
            try check(reply, is: 2)
            return say("RCPT TO:<\(message.recipient.text)>", .recipient)
        case .recipient:
            try check(reply, is: 2)
            return say("DATA", .data)
        case .data:
            try check(reply, is: 3)
            step = .content
            return .send(Self.stuffed(content))
        case .content:
            try check(reply, is: 2)
            step = .over
            return .finished(Array("QUIT\r\n".utf8))
        case .over: throw .unfit("answers what nobody asked: \(reply.shown)")
        }
    }

    private mutating func say(_ line: String, _ next: Step) -> Move {
        step = next
        return .send(Array("\(line)\r\n".utf8))
    }

    private mutating func hello() -> Move { say("EHLO \(message.sender.domain)", .hello) }

    private mutating func introduced(_ reply: SMTPReply) throws(MailFailure) -> Move {
        let extensions = SMTPExtensions(reply)
        if security == .startTLS, !isSecure {
            guard extensions.has("STARTTLS") else { throw .unfit("does not offer STARTTLS") }
            return say("STARTTLS", .startTLS)
        }
        if message.isInternational, !extensions.has("SMTPUTF8") {
            throw .cannot("does not take addresses that are not ASCII (SMTPUTF8).")
        }
        if let limit = extensions.size, limit > 0, content.count > limit {
            throw .cannot("takes mails of at most \(limit) bytes; this one has \(content.count).")
        }
        guard let login else { return sender() }
        let ways = extensions.values("AUTH")
        if ways.contains("PLAIN") {
            let response = [0] + Array(login.user.utf8) + [0] + login.password
            return say("AUTH PLAIN \(Base64.encode(response))", .login)
        }
        guard ways.contains("LOGIN") else { throw .unfit("offers neither AUTH PLAIN nor AUTH LOGIN") }
        return say("AUTH LOGIN", .user)
    }

    private mutating func challenged(
        _ reply: SMTPReply, _ next: Step, _ answer: [UInt8]
    ) throws(MailFailure) -> Move {
        guard reply.code == 334 else { throw .unfit("does not let the user in: \(reply.shown)") }
        return say(Base64.encode(answer), next)
    }

    private mutating func sender() -> Move {
        say("MAIL FROM:<\(message.sender.text)>\(message.isInternational ? " SMTPUTF8" : "")", .sender)
    }

    /// A no to a mail, or to all: 421 says good-bye, 530 and 550 to the sender are about who sends.
    private func check(_ reply: SMTPReply, is kind: Int) throws(MailFailure) {
        guard reply.kind != kind else { return }
        guard reply.kind >= 4 else { throw .unfit("answers out of order: \(reply.shown)") }
        guard ![530, 535, 538].contains(reply.code) else {
            throw .unfit("wants to know who sends: \(reply.shown)")
        }
        throw .refused(reply.shown, isFinal: reply.kind == 5)
    }

    /// The content as it travels: a dot that begins a line is doubled, and one alone ends it all (RFC 5321 section 4.5.2).
    static func stuffed(_ content: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(content.count + 64)
        var previous = UInt8(0x0A)
        for byte in content {
            if previous == 0x0A, byte == 0x2E { result.append(0x2E) }
            result.append(byte)
            previous = byte
        }
        if previous != 0x0A { result += [0x0D, 0x0A] }
        return result + [0x2E, 0x0D, 0x0A]
    }
}

/// What a relay said that it can do beside the protocol itself.
private struct SMTPExtensions {
    private let lines: [[String]]

    init(_ reply: SMTPReply) {
        lines = reply.lines.dropFirst().map { line in
            line.split(separator: " ").map { $0.uppercased() }
        }
    }

    func has(_ name: String) -> Bool { lines.contains { $0.first == name } }

    func values(_ name: String) -> [String] { lines.filter { $0.first == name }.flatMap { $0.dropFirst() } }

    /// Bytes of the longest mail; 0 where there is no bound.
    var size: Int? { values("SIZE").first.flatMap { Int($0) } }
}
