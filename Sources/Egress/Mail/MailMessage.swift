import Core

/// A mail of plain text to one mailbox.
package struct MailMessage: Sendable {
    package let sender: MailAddress
    package let recipient: MailAddress
    /// What the sender is called, where it has a name.
    package var senderName: String?
    package var subject: String
    package var text: String
    /// Where who gets it can end that (RFC 2369).
    package var unsubscribeURL: String?
    /// What tells it apart from all other mails of the sender's domain: letters, digits and dashes.
    package let id: String
    package let date: Instant

    /// A longer link is only in the text: lines of a head have at most 998 characters.
    private static let linkLimit = 900

    /// A mail without a name of the sender and without a link.
    package init(
        from sender: MailAddress, to recipient: MailAddress, subject: String, text: String, id: RequestID,
        date: Instant
    ) {
        self.sender = sender
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.id = id.description
        self.date = date
    }

    /// Whether a relay must speak SMTPUTF8 to take it.
    var isInternational: Bool { sender.isInternational || recipient.isInternational }

    /// The lines of the message, each with its end (RFC 5322, RFC 2045); none is longer than 998 characters.
    package var bytes: [UInt8] {
        let body = Array(text.utf8)
        let encoding = MailEncoding(for: body)
        let from = senderName.map { "\(MailEncoding.phrase($0)) <\(sender.text)>" } ?? sender.text
        var head = [
            ("From", from), ("To", recipient.text), ("Subject", MailEncoding.unstructured(subject)),
            ("Date", Self.text(of: date)), ("Message-ID", "<\(id)@\(sender.domain)>"),
            // Nobody's absence is told to a machine (RFC 3834).
            ("Auto-Submitted", "auto-generated"),
        ]
        if let unsubscribeURL, Self.isLink(unsubscribeURL) { head.append(("List-Unsubscribe", "<\(unsubscribeURL)>")) }
        head += [
            ("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=UTF-8"),
            ("Content-Transfer-Encoding", encoding.rawValue),
        ]
        return Array(head.map { "\($0): \($1)\r\n" }.joined().utf8) + [0x0D, 0x0A] + encoding.lines(of: body)
    }

    private static func isLink(_ text: String) -> Bool {
        text.utf8.count <= linkLimit
            && text.utf8.allSatisfy { HTTPCharacter.isVisible($0) && $0 < 0x80 && $0 != 0x3C && $0 != 0x3E }
    }

    /// A time as mail has it (RFC 5322 section 3.3).
    static func text(of date: Instant) -> String {
        let seconds = max(0, date.milliseconds / 1000)
        let (days, inDay) = (Int(seconds / 86_400), Int(seconds % 86_400))
        let (year, month, day) = Instant.civil(days)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
        let name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]
        let time = [inDay / 3600, inDay / 60 % 60, inDay % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(weekday), \(day) \(name) \(year) \(time.joined(separator: ":")) +0000"
    }
}
