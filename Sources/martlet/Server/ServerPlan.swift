import Core
import FoundationEssentials
import Logging
import Platform
import Vault

/// Settings that were checked: what a server does.
struct ServerPlan {
    let folder: DataFolder
    let host: String
    let port: Int
    /// Where others reach the server, without a path.
    let publicURL: String
    let region: Region
    let account: AccountID
    let rootKey: KeySource
    let interpreters: Interpreters
    let pool: PoolSettings
    /// For how many days audit records are kept; `nil` for ever.
    let auditDays: Int?
    /// Certificates that sign servers outside, besides the system's.
    let egressTrust: String?
    /// How mail is sent; `nil` where it is not.
    let mail: MailPlan?
    let logLevel: Logger.Level

    /// Checks settings and fills in what they leave out.
    init(_ settings: ServerSettings) throws {
        folder = DataFolder(settings.dataDir)
        let listen = settings.listen ?? "127.0.0.1:4570"
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
            (0...65535).contains(port), colon > listen.startIndex
        else { throw SettingsError.malformed(name: "listen", value: listen, expected: "HOST:PORT") }
        host = listen[..<colon].trimmingBrackets
        self.port = port
        publicURL = try Self.parse("public-url", settings.publicURL, "http://\(listen)", Self.origin)
        region = try Self.parse("region", settings.region, Region.standard) { try Region($0) }
        account = try Self.parse("account", settings.account, AccountID.standard) { try AccountID($0) }
        rootKey = try Self.keySource(settings.rootKey, folder)
        interpreters = Interpreters(folder: try settings.runtimes.map(Self.existingFolder))
        logLevel = try Self.parse("log-level", settings.logLevel, .info) { text in
            guard let level = Logger.Level(rawValue: text) else { throw NameError.malformed(expected: "a log level") }
            return level
        }
        egressTrust = settings.egressTrust
        mail = try MailPlan(settings, folder)
        auditDays = try settings.auditDays.map { try Self.positive("audit-days", $0) }
        let budget = settings.memoryBudget ?? Int(ProcessInfo.processInfo.physicalMemory >> 20) * 3 / 4
        var pool = PoolSettings(memoryBudget: try Self.positive("memory-budget", budget))
        pool.concurrency = try Self.positive("concurrency", settings.concurrency ?? pool.concurrency)
        pool.parkedMinimum = try Self.counted("parked", settings.parked ?? pool.parkedMinimum)
        pool.parkedMaximum = try Self.counted("parked-maximum", settings.parkedMaximum ?? pool.parkedMaximum)
        pool.idleTime = .seconds(try Self.counted("idle-seconds", settings.idleSeconds ?? 600))
        if let seconds = settings.initSeconds { pool.initTime = .seconds(try Self.positive("init-seconds", seconds)) }
        self.pool = pool
    }

    /// A URL that is nothing but scheme, host and port, as nothing else goes unquoted into links.
    private static func origin(_ text: String) throws -> String {
        let expected = NameError.malformed(expected: "http://HOST:PORT or https://HOST:PORT, without a path")
        let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.dropFirst(7)
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), !rest.isEmpty, rest.utf8.count <= 300,
            rest.utf8.allSatisfy({ byte in
                byte < 0x80
                    && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
                        || ".-:[]".utf8.contains(byte))
            })
        else { throw expected }
        return text
    }

    static func keySource(_ text: String?, _ folder: DataFolder) throws -> KeySource {
        guard let text else { return .file(path: folder.rootKey) }
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count == 2 ? parts[1] : nil) {
        case ("file", let path?): return .file(path: path)
        case ("command", let line?): return .command(line)
        case ("fd", let number?):
            guard let descriptor = Int32(number), descriptor > 2 else { break }
            return .descriptor(descriptor)
        default: break
        }
        throw SettingsError.malformed(name: "root-key", value: text, expected: "file:PATH, command:LINE or fd:N")
    }

    private static func parse<Value>(
        _ name: String, _ text: String?, _ standard: Value, _ body: (String) throws -> Value
    ) throws -> Value {
        guard let text else { return standard }
        do { return try body(text) } catch {
            throw SettingsError.malformed(name: name, value: text, expected: expected(error))
        }
    }

    private static func expected(_ error: any Error) -> String {
        switch error as? NameError {
        case .empty: "some text"
        case .badLength(let minimum, let maximum) where minimum == maximum: "\(minimum) characters"
        case .badLength(let minimum, let maximum): "\(minimum) to \(maximum) characters"
        case .badCharacter(let character): "no '\(character)'"
        case .malformed(let expected): expected
        case nil: "something else (\(error))"
        }
    }

    private static func existingFolder(_ path: String) throws -> String {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else {
            throw SettingsError.malformed(name: "runtimes", value: path, expected: "a folder")
        }
        return path
    }

    private static func counted(_ name: String, _ value: Int) throws -> Int {
        guard value >= 0 else { throw SettingsError.malformed(name: name, value: "\(value)", expected: "0 or more") }
        return value
    }

    private static func positive(_ name: String, _ value: Int) throws -> Int {
        guard value > 0 else { throw SettingsError.malformed(name: name, value: "\(value)", expected: "more than 0") }
        return value
    }
}

extension Substring {
    /// The text without the brackets that an IPv6 address stands in.
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : String(self)
    }
}
