import ArgumentParser
import Platform
import Storage
import Vault

/// `martlet audit`: who did what, and the proof that nobody changed it.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read the audit trail, and check that nothing in it was changed.",
        discussion: """
            Every management call, every denied call and every action of the platform on its own behalf is kept in the \
            data folder, sealed and chained. These commands read the files, whether a server runs or not:

              martlet audit tail --follow
              martlet audit export --from 2026-11-01 --to 2026-12-01 > november.jsonl
              martlet audit verify

            What a chain cannot show is that its end was cut off. Keep the line in DATA/audit/head elsewhere from time \
            to time; 'martlet audit verify --head LINE' finds whatever is missing since.
            """,
        subcommands: [AuditTail.self, AuditExport.self, AuditVerify.self], defaultSubcommand: AuditTail.self)
}

/// Where a trail lies and what opens it.
struct AuditAccess: ParsableArguments {
    @Option(help: "The data folder of the server (default: /var/lib/martlet for root, else ~/.local/share/martlet).")
    var dataDir: String?
    @Option(help: "Where the root key is: file:PATH, command:LINE or fd:N (default: root.key in the folder).")
    var rootKey: String?

    var folder: DataFolder { DataFolder(dataDir) }

    /// The root key's part in it.
    func keys() throws -> AuditKeys {
        do { return AuditKeys(try ServerPlan.keySource(rootKey, folder).load()) } catch let error as KeySourceError {
            throw ClientError.badInput(
                "The root key cannot be read: \(KeySourceWords.reason(error)). Without it the trail cannot be read. "
                    + "Name it with --root-key.")
        }
    }

    /// Reads from a record on.
    func cursor(from sequence: UInt64 = 0) throws -> AuditCursor {
        AuditCursor(folder: folder.audit, keys: try keys(), from: sequence)
    }

    /// Runs a body; a trail that cannot be read is told in words.
    func reading(_ body: () async throws -> Void) async throws {
        try await ExitStatus.reporting {
            do { try await body() } catch let failure as AuditCursor.Failure { throw words(failure) }
        }
    }

    private func words(_ failure: AuditCursor.Failure) -> ClientError {
        switch failure {
        case .absent: .badInput("There is no audit trail in \(folder.audit). Name the data folder with --data-dir.")
        case .files(let failure): .badInput("\(folder.audit) cannot be read (error \(failure.code)).")
        case .flaw(.forged(_, .key), _):
            .badInput("This root key does not open the trail in \(folder.audit). Name the right one with --root-key.")
        case .flaw(let flaw, let file):
            .badInput("\(folder.audit)/\(file): \(AuditWords.sentence(flaw)) See 'martlet audit verify'.")
        }
    }
}
