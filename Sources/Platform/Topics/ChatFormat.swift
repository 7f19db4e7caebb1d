import Core

/// How a message is shaped for the incoming webhook of a chat.
///
/// What of a message could call somebody, or look like a link with another text, is only text there.
/// Sources: Slack, "Sending messages using incoming webhooks" and "Formatting text"; Microsoft Teams, "Create incoming
/// webhooks with Workflows"; Discord, "Execute Webhook"; Mattermost, "Incoming webhooks".
package enum ChatFormat: String, Hashable, Sendable, Codable, CaseIterable {
    case slack, teams, discord, mattermost

    /// What begins the endpoint of a chat: its URL is a secret of this name.
    package static let prefix = "secret:"
    /// All of them, for whoever wrote none.
    static let names = allCases.map(\.rawValue).joined(separator: ", ")
    /// Characters that a chat takes; what is longer is cut off.
    private var limit: Int {
        switch self {
        case .slack: 39_000
        case .teams: 20_000
        case .discord: 1900
        case .mattermost: 16_000
        }
    }

    /// The body of the request.
    func body(_ message: String, subject: String?) -> [UInt8] {
        let text = Self.cut(message, to: limit)
        switch self {
        case .slack:
            let title = subject.map { "*\(Self.escaped($0))*\n" } ?? ""
            return (["text": .string(title + Self.escaped(text))] as JSON).serialized
        case .mattermost:
            let title = subject.map { "**\($0)**\n" } ?? ""
            // A character that is not seen stands between the sign and the name, so that nobody is called.
            return (["text": .string((title + text).replacing("@", with: "@\u{200B}"))] as JSON).serialized
        case .discord:
            let title = subject.map { "**\($0)**\n" } ?? ""
            let json: JSON = ["content": .string(title + text), "allowed_mentions": ["parse": .array([])]]
            return json.serialized
        case .teams:
            var blocks: [JSON] = []
            if let subject {
                blocks.append(["type": "TextBlock", "text": .string(subject), "weight": "Bolder", "wrap": true])
            }
            blocks.append(["type": "TextBlock", "text": .string(text), "wrap": true])
            let card: JSON = [
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard",
                "version": "1.4", "body": .array(blocks),
            ]
            let attachment: JSON = ["contentType": "application/vnd.microsoft.card.adaptive", "content": card]
            return (["type": "message", "attachments": .array([attachment])] as JSON).serialized
        }
    }

    private static func cut(_ text: String, to limit: Int) -> String {
        text.unicodeScalars.count <= limit ? text : String(text.unicodeScalars.prefix(limit)) + "…"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
