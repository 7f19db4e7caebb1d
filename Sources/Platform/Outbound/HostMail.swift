import Core
import Egress

/// The relay through which the platform sends mail, as whom, and from which mailbox: what the operator named.
package struct HostMail: Sendable {
    /// Gives what the relay knows the server by, for the use of whoever has a name; `nil` where it wants nothing.
    package typealias LoginSource = @Sendable (_ user: String) async throws -> MailLogin?

    let relay: MailRelay
    let sender: MailAddress
    let client: MailClient
    let login: LoginSource

    /// Sends by a relay with a client.
    package init(
        relay: MailRelay, sender: MailAddress, client: MailClient, login: @escaping LoginSource = { _ in nil }
    ) {
        self.relay = relay
        self.sender = sender
        self.client = client
        self.login = login
    }
}

extension HostCalls {
    /// What all mails wait in line for; `nil` where nobody named a relay.
    var mailLine: String? { mail.map { "mail:\($0.relay.text)" } }

    /// Why no mail can be sent, as far as that can be known before one is; `nil` where it can.
    var mailRefusal: String? {
        guard let mail else { return "The server has no mail relay (mail-relay in its configuration)." }
        do throws(Failure) { _ = try policies.relayCaller(for: mail.relay, as: "") } catch {
            if case .forbidden(let reason) = error { return reason }
        }
        return nil
    }

    /// Sends a mail; returns once the relay has taken it.
    func send(
        _ letter: MailLetter, to recipient: MailAddress, id: RequestID, date: Instant, as name: String,
        _ descent: Descent
    ) async throws(Failure) {
        guard let mail else { throw .failed(mailRefusal ?? "") }
        let caller = try policies.relayCaller(for: mail.relay, as: name).with(HostOrigin(descent: descent))
        var message = MailMessage(
            from: mail.sender, to: recipient, subject: letter.subject, text: letter.text, id: id, date: date)
        message.senderName = letter.senderName
        message.unsubscribeURL = letter.unsubscribeURL
        let login: MailLogin?
        do { login = try await mail.login(name) } catch {
            throw .failed("The password of the mail relay cannot be had.")
        }
        do throws(MailFailure) {
            try await mail.client.send(message, to: mail.relay, as: login, for: caller)
        } catch {
            if case .call(let refusal) = error { throw HostCalls.failure(refusal) }
            throw error.isPassing ? .failed(error.reason) : .refused(error.reason)
        }
    }
}

extension OutboundPolicies {
    /// On whose behalf the platform calls a mail relay.
    ///
    /// Without rules for topics it may have any address but that of a metadata service, as its certificate proves that it is
    /// the one that the operator named, or it is this very machine; where there are some they must allow it, and its
    /// address too if that is none of the public ones.
    func relayCaller(for relay: MailRelay, as name: String) throws(HostCalls.Failure) -> EgressCaller {
        let (document, usage) = own(.topics, name, to: relay.host)
        var addresses: [JSON] = ["0.0.0.0/0", "::/0"]
        if let document {
            // They were checked when they were set.
            guard let policy = try? EgressPolicy(function: document.rules),
                case .allowed(let rule, _) = policy.judge(host: relay.host, port: relay.port, speech: .tcp)
            else {
                throw .forbidden("The account's rules for topics do not let tcp be spoken to \(relay.text).")
            }
            addresses = rule.addresses.map { .string("\($0)") }
        }
        var rule = JSONObject([
            ("name", "mail-relay"), ("host", .string(relay.host.text)), ("speak", .array(["tcp"])),
            ("ports", .array([.number(JSONNumber(Int64(relay.port.number)))])),
        ])
        if !addresses.isEmpty { rule["addresses"] = .array(addresses) }
        do throws(EgressRuleFault) {
            let policy = try EgressPolicy(
                function: try EgressRule.list(parsing: (.array([.object(rule)]) as JSON).text),
                limits: document?.limits ?? EgressLimits())
            return EgressCaller(name: name, policy: policy, usage: usage)
        } catch { throw .forbidden("\(error.reason)") }
    }
}
