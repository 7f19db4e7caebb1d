import ArgumentParser

/// `martlet channels`: topics whose subscribers are chats, mailboxes and web servers.
struct ChannelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "channels",
        abstract: "Send messages to chats, mailboxes and web servers: topics with subscriptions made easy.",
        discussion: """
            A channel is a topic: whatever publishes to topics, schedules and results of functions too, reaches it by its \
            ARN. The URL of a chat's incoming webhook is a secret (docs/topics.md):

              printf %s "$SLACK_WEBHOOK_URL" | martlet secrets put slack-alerts -
              martlet channels add alerts --slack secret:slack-alerts
              martlet channels test alerts
              martlet channels attach backup alerts --on failure

            Exit status: 0 all is done, 2 the server refused or cannot be reached, 64 the command line is wrong.
            """,
        subcommands: [
            ChannelList.self, ChannelAdd.self, ChannelAttach.self, ChannelDetach.self, ChannelTest.self,
            ChannelRemove.self,
        ],
        defaultSubcommand: ChannelList.self)
}
