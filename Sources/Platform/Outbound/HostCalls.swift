import Core
import Egress

/// Calls that the platform itself makes for an account: deliveries to webhooks and API destinations, and mail.
///
/// Where the account has no rules for a scope, public addresses may be called over HTTPS and nothing else; where it has
/// some, only what they name, private addresses and plain HTTP among it if they say so.
package struct HostCalls: Sendable {
    /// Why something is not called, or did not answer.
    package enum Failure: Error, Equatable {
        /// Nobody may call it: trying again changes nothing as long as the rules are the same.
        case forbidden(String)
        case failed(String)
        /// It was not called because a limit or the governor held it back for now.
        case held(String)
        /// Who was called said no for good.
        case refused(String)
    }

    /// Leases a secret for the use of whoever has a name.
    package typealias SecretSource = @Sendable (_ secret: String, _ user: String) async throws -> [UInt8]

    let secret: SecretSource
    let mail: HostMail?
    let policies: OutboundPolicies
    private let client: EgressClient

    /// Calls with a client what the account's rules allow.
    package init(
        client: EgressClient, policies: OutboundPolicies, mail: HostMail? = nil, secret: @escaping SecretSource
    ) {
        self.mail = mail
        self.client = client
        self.policies = policies
        self.secret = secret
    }

    /// Why the endpoint of a topic may not be called, as far as that can be known before it is; `nil` where it may.
    package func refusal(of address: WebAddress) -> String? {
        do throws(Failure) { _ = try policies.hostCaller(for: address, "POST", in: .topics, as: "") } catch {
            if case .forbidden(let reason) = error { return reason }
        }
        return nil
    }

    /// Posts a body to the endpoint of a topic.
    package func post(
        _ body: [UInt8], to address: WebAddress, headers: [(name: String, value: String)], as name: String,
        _ descent: Descent
    ) async throws(Failure) -> ClientAnswer {
        try await call(address, ClientRequest(headers: headers, body: body), in: .topics, as: name, descent)
    }

    /// Asks something in a scope, in the name of a resource and in a lineage.
    package func call(
        _ address: WebAddress, _ request: ClientRequest, in scope: OutboundScope, as name: String, _ descent: Descent
    ) async throws(Failure) -> ClientAnswer {
        let caller = try policies.hostCaller(for: address, request.method, in: scope, as: name)
            .with(HostOrigin(descent: descent))
        do throws(EgressRefusal) { return try await client.call(address, request, for: caller) } catch {
            throw Self.failure(error)
        }
    }

    /// What a refusal of the way out means for a delivery.
    static func failure(_ refusal: EgressRefusal) -> Failure {
        switch refusal {
        case .limit(.connections), .limit(.requestsPerSecond), .crowded, .gate: .held(refusal.reason)
        case .limit, .cut: .failed(refusal.reason)
        default: refusal.isDenial ? .forbidden(refusal.reason) : .failed(refusal.reason)
        }
    }
}

extension ClientAnswer {
    /// For how long whoever answered asks to be left alone.
    func retryAfter(from now: Instant) -> Duration? { RetryAfter.wait(header("retry-after"), from: now) }
}

/// From where a call comes that the platform makes itself.
struct HostOrigin: Sendable {
    let descent: Descent
}

extension OutboundPolicies {
    /// On whose behalf the platform calls an address in a scope.
    func hostCaller(
        for address: WebAddress, _ method: String, in scope: OutboundScope, as name: String
    ) throws(HostCalls.Failure) -> EgressCaller {
        let (document, usage) = own(scope, name, to: address.host)
        let rule: JSON
        if let document {
            let other = try Self.permission(for: address, method, in: document, of: scope)
            rule = Self.rule(for: address, method, like: other)
        } else {
            guard address.isSecure else {
                throw .forbidden("Plain HTTP is only used where the account's rules for \(scope) allow it.")
            }
            if case .address(let literal) = address.host, literal.kind != .global {
                throw .forbidden(
                    "The address \(literal) is \(literal.kind.rawValue), which no rule for \(scope) names.")
            }
            rule = Self.rule(for: address, method, like: nil)
        }
        do throws(EgressRuleFault) {
            let policy = try EgressPolicy(
                function: try EgressRule.list(parsing: (.array([rule]) as JSON).text),
                limits: document?.limits ?? EgressLimits())
            return EgressCaller(name: name, policy: policy, usage: usage)
        } catch { throw .forbidden("\(error.reason)") }
    }

    /// The rule of the account that allows an address.
    private static func permission(
        for address: WebAddress, _ method: String, in document: OutboundDocument, of scope: OutboundScope
    ) throws(HostCalls.Failure) -> EgressRule {
        let path = String(address.path.prefix { $0 != "?" })
        // They were checked when they were set.
        guard let policy = try? EgressPolicy(function: document.rules) else { throw .forbidden("There are no rules.") }
        var verdicts = [policy.judge(host: address.host, port: address.port, method: method, path: path[...])]
        if address.isSecure { verdicts.append(policy.judge(host: address.host, port: address.port, speech: .tls)) }
        for verdict in verdicts {
            guard case .allowed(let rule, _) = verdict else { continue }
            if case .address(let literal) = address.host, !rule.permits(literal) { continue }
            guard address.isSecure || rule.origination == nil else { continue }
            return rule
        }
        throw .forbidden("The account's rules for \(scope) do not allow \(address.host.text):\(address.port).")
    }

    /// A rule for one address alone, that reaches the same kinds of addresses as another.
    private static func rule(for address: WebAddress, _ method: String, like other: EgressRule?) -> JSON {
        var rule: JSONObject = JSONObject([
            ("name", .string(other?.name ?? "public")), ("host", .string(address.host.text)),
            ("ports", .array([.number(JSONNumber(Int64(address.port.number)))])),
            ("methods", .array([.string(method)])),
        ])
        if address.isSecure { rule["tls"] = "originate" }
        if let addresses = other?.addresses, !addresses.isEmpty {
            rule["addresses"] = .array(addresses.map { .string("\($0)") })
        }
        return .object(rule)
    }
}
