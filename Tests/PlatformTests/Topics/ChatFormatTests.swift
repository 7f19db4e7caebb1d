import Core
import Testing

@testable import Platform

struct ChatFormatTests {
    @Test(arguments: [
        (ChatFormat.slack, #"{"text":"*S &amp; T*\nhi &lt;!channel&gt;"}"#),
        (.mattermost, "{\"text\":\"**S & T**\\nhi <!channel>\"}"),
        (.discord, #"{"content":"**S & T**\nhi <!channel>","allowed_mentions":{"parse":[]}}"#),
    ])
    func `a message has the shape of its chat, and calls nobody`(format: ChatFormat, text: String) {
        #expect(String(decoding: format.body("hi <!channel>", subject: "S & T"), as: UTF8.self) == text)
    }

    @Test func `what is too long for a chat is cut off`() throws {
        let body = ChatFormat.discord.body(String(repeating: "ü", count: 5000), subject: nil)
        #expect(try JSON(parsing: body)["content"]?.string?.unicodeScalars.count == 1901)
    }

    @Test func `a card for Teams holds subject and message`() throws {
        let card = try JSON(parsing: ChatFormat.teams.body("m", subject: "s"))
        let blocks = card["attachments"]?.array?[0]["content"]?["body"]?.array ?? []
        #expect(blocks.map { $0["text"]?.string } == ["s", "m"])
    }

    @Test func `nobody is called in Mattermost by a sign in a message`() {
        let text = String(decoding: ChatFormat.mattermost.body("@all", subject: nil), as: UTF8.self)
        #expect(!text.contains("@all"))
    }
}
