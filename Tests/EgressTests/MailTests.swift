import Core
import Foundation
import NIOCore
import Testing

@testable import Egress

struct MailTests {
    // MARK: Addresses

    @Test(arguments: [
        "a@b.example", "a.b+c@d-e.example", "!#$%&'*/=?^_`{|}~@x.example", "root@localhost", "用户@xn--fsq.example",
    ])
    func `an address is taken as it is`(text: String) throws { #expect(try MailAddress(text).text == text) }

    @Test(arguments: [
        "", "@", "a", "a@", "@b.example", "a b@c.example", "a@b@c.example", ".a@b.example", "a.@b.example",
        "a..b@c.example",
        "\"a\"@b.example", "a@b.example\r\n", "a\r\n@b.example", "a\n@b.example", "<a@b.example>", "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@b_\r.example", "a\u{0}@b.example", "a\u{202E}@b.example", "a\u{85}@b.example", "a\u{2028}@b.example",
        "a@bücher.example",
    ])
    func `what could say something else to a relay is no address`(text: String) {
        #expect(throws: MailAddressError.self) { try MailAddress(text) }
    }

    // MARK: Texts

    private static let date = Instant(milliseconds: 1_795_302_858_000)

    private static func message(
        _ text: String, subject: String = "s", name: String? = nil, unsubscribe: String? = nil
    ) throws -> MailMessage {
        var message = MailMessage(
            from: try MailAddress("from@a.example"), to: try MailAddress("to@b.example"), subject: subject, text: text,
            id: RequestID(), date: date)
        message.senderName = name
        message.unsubscribeURL = unsubscribe
        return message
    }

    /// The lines of the head and of the body.
    private static func parts(_ message: MailMessage) -> (head: [String], body: [String]) {
        let lines = String(decoding: message.bytes, as: UTF8.self).components(separatedBy: "\r\n")
        let end = lines.firstIndex(of: "") ?? lines.count
        return (Array(lines[..<end]), Array(lines[(end + 1)...]))
    }

    @Test func `a plain text stays readable`() throws {
        let (head, body) = Self.parts(try Self.message("Hello = you\n.\nend"))
        #expect(
            head.filter { !$0.hasPrefix("Message-ID") } == [
                "From: from@a.example", "To: to@b.example", "Subject: s", "Date: Sat, 21 Nov 2026 23:14:18 +0000",
                "Auto-Submitted: auto-generated", "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8",
                "Content-Transfer-Encoding: quoted-printable",
            ])
        #expect(body == ["Hello =3D you", ".", "end", ""])
    }

    @Test(arguments: [
        ("a\r\nBcc: x@y.example", "a  Bcc: x@y.example"), ("a\nb", "a b"), ("\u{2028}", " "),
        ("=?UTF-8?B?AAAA?=", "=?UTF-8?B?PT9VVEYtOD9CP0FBQUE/PQ==?="), ("Grüße", "=?UTF-8?B?R3LDvMOfZQ==?="),
    ])
    func `a subject is one field, whatever it is`(subject: String, written: String) throws {
        let (head, _) = Self.parts(try Self.message("t", subject: subject, name: subject))
        #expect(head.contains("Subject: \(written)"))
        #expect(!head.contains { $0.hasPrefix("Bcc") })
    }

    @Test func `a long text of another script is cut between characters`() throws {
        let subject = String(repeating: "ü🦅", count: 60)
        let written = MailEncoding.unstructured(subject)
        let words = written.components(separatedBy: "\r\n ")
        #expect(words.allSatisfy { $0.utf8.count <= 75 })
        let decoded = try words.map { word in
            let content = word.dropFirst("=?UTF-8?B?".count).dropLast(2)
            return String(decoding: try #require(Base64.decode(String(content))), as: UTF8.self)
        }
        #expect(decoded.joined() == subject)
    }

    @Test(arguments: [
        "a  \nb\t", String(repeating: "x", count: 5000), "a\r\nb\rc\nd", "", "\n\n", "Grüße",
        String(repeating: "语", count: 999), "a=b",
    ])
    func `lines are short, and what was written is read again`(text: String) throws {
        for encoding in [MailEncoding.quotedPrintable, .base64] {
            let lines = encoding.lines(of: Array(text.utf8))
            let joined = String(decoding: lines, as: UTF8.self)
            #expect(joined.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 && !$0.hasSuffix(" ") })
            #expect(!joined.replacing("\r\n", with: "").contains("\n"))
        }
    }

    @Test func `a dot that begins a line does not end the mail`() {
        let content = Array(".\r\na\r\n..b\r\n".utf8)
        #expect(SMTPDialogue.stuffed(content) == Array("..\r\na\r\n...b\r\n.\r\n".utf8))
        #expect(SMTPDialogue.stuffed(Array("a".utf8)) == Array("a\r\n.\r\n".utf8))
        #expect(SMTPDialogue.stuffed([]) == Array(".\r\n".utf8))
    }

    // MARK: Replies

    private static func replies(_ text: String, piece: Int = .max) throws(SMTPReplyReader.Fault) -> [SMTPReply] {
        var reader = SMTPReplyReader()
        var replies: [SMTPReply] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            var buffer = ByteBuffer(bytes: rest.prefix(piece))
            rest = rest.dropFirst(piece)
            reader.append(&buffer)
            while let reply = try reader.next() { replies.append(reply) }
        }
        return replies
    }

    @Test(arguments: [1, 2, 7, 1000])
    func `replies are put together from whatever pieces`(piece: Int) throws {
        let replies = try Self.replies("220 a\r\n250-b\r\n250-\r\n250\r\n354 d\r\n", piece: piece)
        #expect(
            replies == [
                SMTPReply(code: 220, lines: ["a"]), SMTPReply(code: 250, lines: ["b", "", ""]),
                SMTPReply(code: 354, lines: ["d"]),
            ])
    }

    @Test(arguments: [
        "220 a\n", "220 a\rb\r\n", "22 a\r\n", "120 a\r\n", "620 a\r\n", "2x0 a\r\n", "220_a\r\n", "\r\n",
        "250-a\r\n251 b\r\n", "220 a\u{0}\r\n",
        String(repeating: "x", count: 4096), String(repeating: "250-a\r\n", count: 129),
    ])
    func `what is no reply is none`(text: String) {
        #expect(throws: SMTPReplyReader.Fault.self) { try Self.replies(text) }
    }

    // MARK: The dialogue

    /// What is said to these replies, one line for each; a failure ends it.
    private static func talk(
        _ relay: String, _ security: MailRelay.Security, login: Bool, to recipient: String = "to@b.example",
        _ replies: [String]
    ) throws -> [String] {
        let relay = try MailRelay(relay, security: security)
        let message = MailMessage(
            from: try MailAddress("from@a.example"), to: try MailAddress(recipient), subject: "s", text: "t",
            id: RequestID(), date: date)
        var dialogue = SMTPDialogue(
            message, to: relay, as: login ? MailLogin(user: "u", password: Array("p".utf8)) : nil)
        var said: [String] = []
        for reply in try replies.flatMap({ try Self.replies($0 + "\r\n") }) {
            do throws(MailFailure) {
                var move = try dialogue.take(reply)
                if move == .secure {
                    said.append("TLS")
                    move = dialogue.secured()
                }
                switch move {
                case .send(let bytes), .finished(let bytes):
                    let text = String(decoding: bytes, as: UTF8.self)
                    said.append(text.hasSuffix("\r\n.\r\n") ? "CONTENT" : String(text.dropLast()))
                case .secure: said.append("TLS")
                }
            } catch {
                said.append(error.isPassing ? "LATER" : "NEVER")
                return said
            }
        }
        return said
    }

    private static let ended = ["250 ok", "250 ok", "354 go", "250 taken"]
    private static let handover = ["MAIL FROM:<from@a.example>", "RCPT TO:<to@b.example>", "DATA", "CONTENT", "QUIT"]

    @Test func `a mail is handed over in the clear on one machine`() throws {
        let said = try Self.talk("localhost:25", .none, login: false, ["220 hi", "250 hi"] + Self.ended)
        #expect(said == ["EHLO a.example"] + Self.handover)
        #expect(throws: MailRelay.Flaw.clearText) {
            try MailRelay("mail.example:25", security: MailRelay.Security.none)
        }
        #expect(try MailRelay("mail.example:465", security: nil).security == .tls)
        #expect(try MailRelay("mail.example:587", security: nil).security == .startTLS)
    }

    @Test func `what was offered before TLS counts no more`() throws {
        let said = try Self.talk(
            "mail.example:587", .startTLS, login: true,
            [
                "220 hi", "250-hi\r\n250-STARTTLS\r\n250 AUTH PLAIN", "220 go", "250-hi\r\n250 AUTH LOGIN",
                "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6",
                "235 in",
            ] + Self.ended)
        #expect(
            said == ["EHLO a.example", "STARTTLS", "TLS", "EHLO a.example", "AUTH LOGIN", "dQ==", "cA=="]
                + Self.handover)
    }

    @Test(arguments: [
        (["220 hi", "250-hi\r\n250 AUTH PLAIN"], "LATER"), (["220 hi", "250-hi\r\n250 STARTTLS", "454 no"], "LATER"),
        (["554 no"], "LATER"), (["220 hi", "500 what"], "LATER"),
        (["220 hi", "250-hi\r\n250 STARTTLS", "220 go", "250 hi"], "LATER"),
        (["220 hi", "250-hi\r\n250 STARTTLS", "220 go", "250-hi\r\n250 AUTH PLAIN", "535 no"], "LATER"),
    ])
    func `a relay that does not let mail in may have been mended later`(replies: [String], end: String) throws {
        let said = try Self.talk("mail.example:587", .startTLS, login: true, replies)
        #expect(said.last == end)
        #expect(!said.contains { $0.hasPrefix("MAIL") })
    }

    @Test(arguments: [
        ("450 busy", "LATER"), ("550 no", "NEVER"), ("421 bye", "LATER"), ("530 log in", "LATER"),
        ("354 what", "LATER"), ("552 full", "NEVER"),
    ])
    func `the class of a reply says whether to come again`(reply: String, end: String) throws {
        for count in 0..<Self.ended.count {
            let replies = ["220 hi", "250 hi"] + Self.ended.prefix(count) + [reply]
            guard !(count == 2 && reply.hasPrefix("354")) else { continue }
            #expect(try Self.talk("127.0.0.1:25", .none, login: false, replies).last == end)
        }
    }

    @Test func `a relay is not asked for what it cannot do`() throws {
        let large = try Self.talk("127.0.0.1:25", .none, login: false, ["220 hi", "250-hi\r\n250 SIZE 10"])
        #expect(large == ["EHLO a.example", "NEVER"])
        let boundless = try Self.talk("127.0.0.1:25", .none, login: false, ["220 hi", "250-hi\r\n250 SIZE 0"])
        #expect(boundless.last == "MAIL FROM:<from@a.example>")
        let foreign = try Self.talk("127.0.0.1:25", .none, login: false, to: "用户@b.example", ["220 hi", "250 hi"])
        #expect(foreign.last == "NEVER")
        let known = try Self.talk(
            "127.0.0.1:25", .none, login: false, to: "用户@b.example", ["220 hi", "250-hi\r\n250 SMTPUTF8"])
        #expect(known.last == "MAIL FROM:<from@a.example> SMTPUTF8")
    }
}
