import Core
import FoundationEssentials
import Yams

/// What a server is told: by flags, by the configuration file, or not at all.
///
/// Flags win over the file.
struct ServerSettings: Codable, Equatable {
    var dataDir: String?
    var listen: String?
    /// The URL under which others reach the server, for the links that it gives out.
    var publicURL: String?
    var region: String?
    var account: String?
    var rootKey: String?
    var runtimes: String?
    /// MB of function memory that may be promised at one time.
    var memoryBudget: Int?
    var concurrency: Int?
    var parked: Int?
    var parkedMaximum: Int?
    var idleSeconds: Int?
    var initSeconds: Int?
    var auditDays: Int?
    /// A PEM file of certificates that sign servers outside, besides the system's.
    var egressTrust: String?
    /// `HOST:PORT` of the server that takes mail; none is sent without it.
    var mailRelay: String?
    /// How the relay is spoken to: `starttls`, `tls`, or `none` on the same machine.
    var mailSecurity: String?
    /// The mailbox that mail comes from.
    var mailSender: String?
    var mailUser: String?
    /// Where the password of the relay is.
    var mailPassword: String?
    var logLevel: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case dataDir = "data-dir"
        case listen
        case publicURL = "public-url"
        case region, account
        case rootKey = "root-key"
        case runtimes
        case memoryBudget = "memory-budget"
        case concurrency, parked
        case parkedMaximum = "parked-maximum"
        case idleSeconds = "idle-seconds"
        case initSeconds = "init-seconds"
        case auditDays = "audit-days"
        case egressTrust = "egress-trust"
        case mailRelay = "mail-relay"
        case mailSecurity = "mail-security"
        case mailSender = "mail-sender"
        case mailUser = "mail-user"
        case mailPassword = "mail-password"
        case logLevel = "log-level"
    }

    /// Reads a configuration file; a name that is not a setting is an error, because it is a mistake.
    static func read(_ path: String) throws -> ServerSettings {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw SettingsError.unreadable(path: path)
        }
        do { return try parse(String(decoding: bytes, as: UTF8.self), path) } catch let error as DecodingError {
            throw SettingsError.file(path: path, reason: words(error))
        } catch let error as YamlError {
            throw SettingsError.file(path: path, reason: "\(error)")
        }
    }

    private static func parse(_ text: String, _ path: String) throws -> ServerSettings {
        let known = Set(CodingKeys.allCases.map(\.rawValue))
        if let node = try Yams.compose(yaml: text), let mapping = node.mapping {
            for key in mapping.keys.compactMap(\.string) where !known.contains(key) {
                throw SettingsError.unknown(name: key, path: path, known: known.sorted())
            }
        }
        guard !text.allSatisfy(\.isWhitespace) else { return ServerSettings() }
        return try YAMLDecoder().decode(ServerSettings.self, from: text)
    }

    private static func words(_ error: DecodingError) -> String {
        guard case .typeMismatch(let type, let context) = error, let name = context.codingPath.last?.stringValue else {
            return "it is not a list of settings, one 'name: value' a line."
        }
        return type == Int.self ? "'\(name)' must be a number." : "'\(name)' must be a text."
    }

    /// These settings, and the file's where these say nothing.
    func over(_ file: ServerSettings) -> ServerSettings {
        ServerSettings(
            dataDir: dataDir ?? file.dataDir, listen: listen ?? file.listen,
            publicURL: publicURL ?? file.publicURL, region: region ?? file.region, account: account ?? file.account,
            rootKey: rootKey ?? file.rootKey, runtimes: runtimes ?? file.runtimes,
            memoryBudget: memoryBudget ?? file.memoryBudget, concurrency: concurrency ?? file.concurrency,
            parked: parked ?? file.parked, parkedMaximum: parkedMaximum ?? file.parkedMaximum,
            idleSeconds: idleSeconds ?? file.idleSeconds, initSeconds: initSeconds ?? file.initSeconds,
            auditDays: auditDays ?? file.auditDays, egressTrust: egressTrust ?? file.egressTrust,
            mailRelay: mailRelay ?? file.mailRelay, mailSecurity: mailSecurity ?? file.mailSecurity,
            mailSender: mailSender ?? file.mailSender, mailUser: mailUser ?? file.mailUser,
            mailPassword: mailPassword ?? file.mailPassword,
            logLevel: logLevel ?? file.logLevel)
    }
}

/// Why the settings cannot be used.
enum SettingsError: Error, CustomStringConvertible {
    case unreadable(path: String)
    case unknown(name: String, path: String, known: [String])
    /// The file is not what it should be.
    case file(path: String, reason: String)
    case malformed(name: String, value: String, expected: String)

    var description: String {
        switch self {
        case .unreadable(let path): "The configuration file \(path) cannot be read."
        case .unknown(let name, let path, let known):
            "\(path): there is no setting '\(name)'. The settings are: \(known.joined(separator: ", "))."
        case .file(let path, let reason): "\(path): \(reason)"
        case .malformed(let name, let value, let expected): "--\(name) \(value): expected \(expected)."
        }
    }
}
