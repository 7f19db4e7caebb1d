import AccessPolicy
import Core
import Platform

/// STS on the wire: who am I, and temporary credentials.
package struct STS: Sendable {
    let identity: Identity

    /// The operations, by name, over the account's identities.
    package static func operations(_ identity: Identity) -> [String: OperationHandler] {
        let sts = STS(identity: identity)
        // Everybody may ask who they are, whatever policies say, as on AWS.
        let open: [String: OperationHandler] = [
            "GetCallerIdentity": sts.callerIdentity, "GetAccessKeyInfo": sts.accessKeyInfo,
            "AssumeRoleWithWebIdentity": sts.assumeRoleWithWebIdentity,
        ]
        // Who may assume a role, the role's own policy says as well: `AssumeRole` asks when it knows the role.
        return open.merging([
            "AssumeRole": sts.assumeRole, "GetSessionToken": sts.sessionToken,
            "GetFederationToken": sts.federationToken,
        ]) { first, _ in first }
    }

    private func callerIdentity(_ call: Call, _ input: WireValue) async throws -> WireValue {
        [
            "UserId": .string(call.principal.uniqueID), "Account": .string(call.principal.account.text),
            "Arn": "\(call.principal.arn)",
        ]
    }

    private func assumeRole(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let text = input["RoleArn"]?.string ?? ""
        guard let arn = try? ARN(text), let name = Self.roleName(arn) else {
            throw WireError("ValidationError", "\(text) is invalid", status: 400)
        }
        let role: RoleRecord
        do { role = try await identity.get(RoleRecord.self, name) } catch {
            throw Self.reported(error, or: Self.denied(call, arn))
        }
        guard role.arn(in: identity.account) == arn else { throw Self.denied(call, arn) }
        try await requireTrust(call, role, arn, input)
        let credential = try await credential(for: role, call, input)
        return ["Credentials": Self.shape(credential), "AssumedRoleUser": Self.assumed(credential)]
    }

    /// Credentials of a role whose caller was let through.
    func credential(for role: RoleRecord, _ call: Call, _ input: WireValue) async throws -> Credential {
        let seconds = input["DurationSeconds"]?.int ?? RoleRecord.standardSession
        guard seconds <= role.longestSession else {
            throw WireError(
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", status: 400)
        }
        let session = try input.name("RoleSessionName")
        do {
            let documents = try await sessionPolicies(call, input)
            return try await identity.session(
                of: role, named: session, lasting: seconds, documents: documents, tags: Self.tags(input))
        } catch let error as IdentityError {
            throw error.wire
        }
    }

    static func assumed(_ credential: Credential) -> WireValue {
        ["AssumedRoleId": .string(credential.principal.uniqueID), "Arn": "\(credential.principal.arn)"]
    }

    static func trust(of role: RoleRecord) throws(IdentityError) -> NamedPolicy {
        try Identity.compile(role.trust.text, named: "trust policy of \(role.name)", use: .trust)
    }

    /// Refuses unless the role's trust policy and, where that does not name the caller itself, the caller's own policies
    /// allow it.
    private func requireTrust(_ call: Call, _ role: RoleRecord, _ arn: ARN, _ input: WireValue) async throws {
        let trust: NamedPolicy
        do throws(IdentityError) {
            trust = try Self.trust(of: role)
        } catch { throw error.wire }
        var names = ["AssumeRole"]
        // Whoever gives a session tags needs a permission of its own for that.
        if input["Tags"]?.list?.isEmpty == false { names.append("TagSession") }
        let facts = RequestFacts.facts("sts", "AssumeRole", input)
        for name in names {
            try await Guard.check(
                call, Action(service: "sts", name: name), on: .named(arn, owner: identity.account),
                policy: .trust(trust), facts: facts)
        }
    }

    /// The texts of the policies that limit the session: the one of the request, and the managed ones that it names.
    func sessionPolicies(_ call: Call, _ input: WireValue) async throws -> [String] {
        var documents: [String] = []
        if input["Policy"]?.string != nil {
            documents.append(try input.document(.identity, of: "Policy", in: call).text)
        }
        for entry in input["PolicyArns"]?.list ?? [] {
            let arn = try entry.policyARN("arn")
            documents.append(try await identity.policy(arn).document)
        }
        return documents
    }

    static func tags(_ input: WireValue) -> [String: String] {
        var tags: [String: String] = [:]
        for tag in input["Tags"]?.list ?? [] { tags[tag["Key"]?.string ?? ""] = tag["Value"]?.string ?? "" }
        return tags
    }

    private func sessionToken(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let longest = 43_200
        let credential: Credential?
        do {
            credential = try await identity.session(
                of: call.principal, lasting: input["DurationSeconds"]?.int ?? longest)
        } catch { throw error.wire }
        guard let credential else {
            throw WireError("AccessDenied", "Cannot call GetSessionToken with session credentials", status: 403)
        }
        return ["Credentials": Self.shape(credential)]
    }

    private func accessKeyInfo(_ call: Call, _ input: WireValue) async throws -> WireValue {
        ["Account": .string(call.account.text)]
    }

    static func roleName(_ arn: ARN) -> EntityName? {
        guard arn.service == "iam", arn.resource.hasPrefix("role/"), let last = arn.resource.split(separator: "/").last
        else { return nil }
        // A text that is no name names no role.
        return try? EntityName(String(last))
    }

    static func reported(_ error: IdentityError, or denied: WireError) -> WireError {
        if case .notFound = error { denied } else { error.wire }
    }

    private static func denied(_ call: Call, _ role: ARN) -> WireError {
        WireError(
            "AccessDenied",
            "User: \(call.principal.arn) is not authorized to perform: sts:AssumeRole on resource: \(role)", status: 403
        )
    }

    static func shape(_ credential: Credential) -> WireValue {
        [
            "AccessKeyId": .string(credential.accessKey.text), "SecretAccessKey": .string(credential.secret.revealed),
            "SessionToken": WireValue(credential.token),
            "Expiration": credential.expires.map { IAM.date($0.milliseconds) } ?? .null,
        ]
    }
}
