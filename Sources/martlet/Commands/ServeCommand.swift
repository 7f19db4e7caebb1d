import ArgumentParser
import Core

/// `martlet serve`: runs the server in the foreground.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the server in the foreground until SIGTERM or Ctrl-C.",
        discussion: """
            Everything is kept in one data folder; the first start makes it, with a root key and an administrator.
            The server listens on loopback unless you name another address, and is ready when it says so.

              martlet serve --data-dir ./data --listen 127.0.0.1:4570
              martlet serve --config /etc/martlet.yaml

            Every flag is also a line of the configuration file ('data-dir: /srv/martlet'); flags win.
            """)

    @Option(help: "A YAML file with the same names as these flags.")
    var config: String?
    @Option(help: "The folder that holds everything (default: /var/lib/martlet for root, else ~/.local/share/martlet).")
    var dataDir: String?
    @Option(help: "Address and port to listen on (default: 127.0.0.1:4570).")
    var listen: String?
    @Option(
        name: .customLong("public-url"),
        help: "The URL under which others reach the server, for links in messages (default: http:// and the address).")
    var publicURL: String?
    @Option(help: "The region the server says it is in (default: us-east-1).")
    var region: String?
    @Option(help: "The account, twelve digits (default: 000000000000).")
    var account: String?
    @Option(
        help: "Where the root key is: file:PATH (mode 0600), command:LINE, or fd:N (default: root.key in the folder).")
    var rootKey: String?
    @Option(help: "A folder of interpreters, one sub-folder per runtime, such as python3.12/bin/python3.")
    var runtimes: String?
    @Option(help: "MB of function memory that may be promised at one time (default: three quarters of the machine's).")
    var memoryBudget: Int?
    @Option(help: "Calls in flight at one time (default: 1000).")
    var concurrency: Int?
    @Option(help: "Parked sandboxes of each kind that always wait (default: 1).")
    var parked: Int?
    @Option(help: "Parked sandboxes of each kind when starts are frequent (default: 8).")
    var parkedMaximum: Int?
    @Option(help: "Seconds an instance without work is kept (default: 600).")
    var idleSeconds: Int?
    @Option(help: "Seconds a function may take to start, before it starts anew within its own timeout (default: 10).")
    var initSeconds: Int?
    @Option(help: "Days for which the records of the audit trail are kept (default: for ever).")
    var auditDays: Int?
    @Option(help: "A PEM file of further certificates that sign servers outside, for a private authority.")
    var egressTrust: String?
    @Option(help: "HOST:PORT of the SMTP server through which mail of topics is sent (default: no mail is).")
    var mailRelay: String?
    @Option(
        help:
            "starttls, tls (the default on port 465), or none, which is for a relay on this machine (default: starttls)."
    )
    var mailSecurity: String?
    @Option(help: "The address that mail comes from.")
    var mailSender: String?
    @Option(help: "The user that the relay knows the server by (default: the relay wants none).")
    var mailUser: String?
    @Option(
        help:
            "Where that user's password is: secret:NAME (martlet secrets), file:PATH (mode 0600), command:LINE or fd:N."
    )
    var mailPassword: String?
    @Option(help: "trace, debug, info, notice, warning or error (default: info).")
    var logLevel: String?

    func run() async throws {
        let file = try config.map(ServerSettings.read) ?? ServerSettings()
        let flags = ServerSettings(
            dataDir: dataDir, listen: listen, publicURL: publicURL, region: region, account: account, rootKey: rootKey,
            runtimes: runtimes, memoryBudget: memoryBudget, concurrency: concurrency, parked: parked,
            parkedMaximum: parkedMaximum,
            idleSeconds: idleSeconds, initSeconds: initSeconds,
            auditDays: auditDays, egressTrust: egressTrust, mailRelay: mailRelay, mailSecurity: mailSecurity,
            mailSender: mailSender, mailUser: mailUser, mailPassword: mailPassword, logLevel: logLevel)
        try await Server.run(try ServerPlan(flags.over(file)))
    }
}
