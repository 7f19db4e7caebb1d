import Core
import Egress
import Platform
import Vault

/// Through which relay the server sends mail, as whom, and from which mailbox.
struct MailPlan {
    /// Where the relay's password is.
    enum Password: Equatable {
        /// Among the account's secrets; read, and put on record, for each mail.
        case secret(String)
        /// Beside the server; read once, when it starts.
        case bytes([UInt8])
    }

    let relay: MailRelay
    let sender: MailAddress
    let user: String?
    let password: Password?

    /// Checks what settings say of mail; `nil` where they name no relay.
    init?(_ settings: ServerSettings, _ folder: DataFolder) throws {
        guard let text = settings.mailRelay else {
            let others = [
                ("mail-security", settings.mailSecurity), ("mail-sender", settings.mailSender),
                ("mail-user", settings.mailUser), ("mail-password", settings.mailPassword),
            ]
            for case (let name, let value?) in others {
                throw SettingsError.malformed(name: name, value: value, expected: "a mail-relay beside it")
            }
            return nil
        }
        let security = try settings.mailSecurity.map { text in
            guard let security = MailRelay.Security(rawValue: text) else {
                throw SettingsError.malformed(name: "mail-security", value: text, expected: "starttls, tls or none")
            }
            return security
        }
        do throws(MailRelay.Flaw) { relay = try MailRelay(text, security: security) } catch {
            switch error {
            case .target: throw SettingsError.malformed(name: "mail-relay", value: text, expected: "HOST:PORT")
            case .clearText:
                throw SettingsError.malformed(
                    name: "mail-security", value: "none", expected: "starttls or tls, as \(text) is not on this machine"
                )
            }
        }
        do throws(MailAddressError) { sender = try MailAddress(settings.mailSender ?? "") } catch {
            throw SettingsError.malformed(
                name: "mail-sender", value: settings.mailSender ?? "",
                expected: "an address such as martlet@example.com")
        }
        user = settings.mailUser
        password = try settings.mailPassword.map { try Self.password($0, folder) }
        guard (user == nil) == (password == nil) else {
            throw SettingsError.malformed(
                name: user == nil ? "mail-user" : "mail-password", value: "", expected: "both or neither of the two")
        }
        if let user, case .bytes(let bytes) = password, MailLogin(user: user, password: bytes) == nil {
            throw SettingsError.malformed(
                name: "mail-password", value: "…", expected: "1 to \(MailLogin.limit) bytes without a zero byte")
        }
    }

    private static func password(_ text: String, _ folder: DataFolder) throws -> Password {
        let prefix = "secret:"
        if text.hasPrefix(prefix) { return .secret(String(text.dropFirst(prefix.count))) }
        let source: KeySource
        do { source = try ServerPlan.keySource(text, folder) } catch {
            throw SettingsError.malformed(
                name: "mail-password", value: text, expected: "secret:NAME, file:PATH, command:LINE or fd:N")
        }
        return .bytes(trimmed(try source.text()))
    }

    /// The bytes without the line end with which most tools end a file.
    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
        return bytes
    }

    /// What sends mail; `lease` gives a secret for the use of whoever has a name.
    func mail(_ client: MailClient, lease: @escaping HostCalls.SecretSource) -> HostMail {
        let (user, password) = (user, password)
        return HostMail(relay: relay, sender: sender, client: client) { name in
            guard let user, let password else { return nil }
            let bytes =
                switch password {
                case .bytes(let bytes): bytes
                case .secret(let secret): Self.trimmed(try await lease(secret, name))
                }
            guard let login = MailLogin(user: user, password: bytes) else {
                throw SettingsError.malformed(
                    name: "mail-password", value: "…", expected: "1 to \(MailLogin.limit) bytes without a zero byte")
            }
            return login
        }
    }
}
