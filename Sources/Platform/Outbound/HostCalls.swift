import Core
import Egress

/// Calls to the web that the platform itself makes for an account: deliveries to webhooks, tasks that call endpoints.
///
/// Where the account has no rules for what the calls are for, public addresses may be called over HTTPS and nothing else;
/// where it has some, only what they name, private addresses and plain HTTP among it if they say so.
package struct HostCalls: Sendable {
    /// Why something is not called, or did not answer.
    package enum Failure: Error, Equatable {
        /// Nobody may call it: trying again changes nothing as long as the rules are the same.
        case forbidden(String)
        case failed(String)
    }

    /// Leases a secret for the use of whoever has a name.
    package typealias SecretSource = @Sendable (_ secret: String, _ user: String) async throws -> [UInt8]

    let secret: SecretSource
    private let client: EgressClient
    private let policies: OutboundPolicies
    private let scope: HostScope

    /// Calls with a client what the account's rules for a scope allow.
    package init(
        client: EgressClient, policies: OutboundPolicies, scope: HostScope, secret: @escaping SecretSource
    ) {
        self.client = client
        self.policies = policies
        self.scope = scope
        self.secret = secret
    }

    /// Why an address may not be called, as far as that can be known before it is; `nil` where it may.
    package func refusal(of address: WebAddress) -> String? {
        do throws(Failure) { _ = try policies.hostCaller(for: address, "POST", as: "", in: scope) } catch {
            if case .forbidden(let reason) = error { return reason }
        }
        return nil
    }

    /// Posts a body; the status of the answer.
    package func post(
        _ body: [UInt8], to address: WebAddress, headers: [(name: String, value: String)], as name: String,
        _ descent: Descent
    ) async throws(Failure) -> Int {
        let caller = try policies.hostCaller(for: address, "POST", as: name, in: scope)
            .with(HostOrigin(descent: descent))
        do throws(EgressRefusal) {
            return try await client.post(body, to: address, headers: headers, for: caller)
        } catch { throw Failure(error) }
    }

    /// Makes a request and reads the whole answer, of at most so many bytes, within so many seconds.
    package func call(
        _ request: WebRequest, as name: String, _ descent: Descent, answerLimit: Int, seconds: Int64
    ) async throws(Failure) -> WebAnswer {
        let caller = try policies.hostCaller(for: request.address, request.method, as: name, in: scope)
            .with(HostOrigin(descent: descent))
        do throws(EgressRefusal) {
            return try await client.call(request, for: caller, answerLimit: answerLimit, seconds: seconds)
        } catch { throw Failure(error) }
    }
}

extension HostCalls.Failure {
    fileprivate init(_ refusal: EgressRefusal) {
        switch refusal {
        case .limit, .crowded, .gate, .cut: self = .failed(refusal.reason)
        default: self = refusal.isDenial ? .forbidden(refusal.reason) : .failed(refusal.reason)
        }
    }
}

/// From where a call comes that the platform makes itself.
struct HostOrigin: Sendable {
    let descent: Descent
}

extension OutboundPolicies {
    /// On whose behalf the platform calls an address.
    func hostCaller(
        for address: WebAddress, _ method: String, as name: String, in scope: HostScope
    ) throws(HostCalls.Failure) -> EgressCaller {
        let (document, usage) = host(scope)
        let rule: JSON
        if let document {
            let permission = try Self.permission(for: address, method, in: document, scope)
            rule = try Self.rule(for: address, method, like: permission)
        } else {
            guard address.isSecure else {
                throw .forbidden("Plain HTTP is only used where the account's rules for \(scope.rawValue) allow it.")
            }
            if case .address(let literal) = address.host, literal.kind != .global {
                throw .forbidden(
                    "The address \(literal) is \(literal.kind.rawValue), which no rule for \(scope.rawValue) names.")
            }
            rule = try Self.rule(for: address, method, like: nil)
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
        for address: WebAddress, _ method: String, in document: OutboundDocument, _ scope: HostScope
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
        throw .forbidden(
            "The account's rules for \(scope.rawValue) do not allow \(address.host.text):\(address.port).")
    }

    /// A rule for one address alone, that reaches the same kinds of addresses as another.
    private static func rule(
        for address: WebAddress, _ method: String, like other: EgressRule?
    ) throws(HostCalls.Failure) -> JSON {
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
