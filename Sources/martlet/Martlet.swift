import ArgumentParser

/// The command line.
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "Serverless for your own machines, behind the AWS wire protocols.",
        discussion: """
            Start a server, tell your shell about it, and use the clients you have:

              martlet serve --data-dir ./data --listen 127.0.0.1:4570
              eval "$(martlet credentials --data-dir ./data)"
              aws lambda list-functions

            Every payload is sealed, every function is confined. 'martlet doctor' says what this machine lacks.
            Your shell completes commands and flags after:

              source <(martlet --generate-completion-script bash)
            """,
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, CredentialsShow.self, FunctionInvoke.self, FunctionList.self, LogShow.self,
            ScheduleCommand.self, WorkflowCommand.self, EventCommand.self, ChannelCommand.self, DeadLetterCommand.self,
            GovernorCommand.self,
            EgressCommand.self,
            SecretCommand.self,
            AuditCommand.self,
            AuthorizeCommand.self, PolicyCommand.self, IdentityProviderCommand.self, DoctorCommand.self,
        ])
}
