import AccessPolicy
import Core
import Platform

/// A role for whom an identity provider vouches: `AssumeRoleWithWebIdentity`, the one operation without a signature.
extension STS {
    @Sendable func assumeRoleWithWebIdentity(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let claims: IdentityClaims
        do throws(WebIdentityError) {
            claims = try await identity.claims(of: input["WebIdentityToken"]?.string ?? "", at: .now)
        } catch { throw error.wire }
        let provider = ARN(
            service: "iam", region: nil, account: identity.account, resource: "oidc-provider/\(claims.issuer.text)")
        let federated = Principal.federated(
            FederatedIdentity(
                account: identity.account, provider: provider, audience: claims.audience, subject: claims.subject))
        let (role, arn) = try await trusting(call.acting(as: federated), input, claims)
        let credential = try await credential(for: role, call, input)
        call.evidence.note("role", "\(arn)")
        return [
            "Credentials": Self.shape(credential), "AssumedRoleUser": Self.assumed(credential),
            "SubjectFromWebIdentityToken": .string(claims.subject), "Provider": "\(provider)",
            "Audience": .string(claims.audience),
        ]
    }

    /// The role, if it is there and its trust policy admits the caller; the refusal is the same for both.
    private func trusting(
        _ call: Call, _ input: WireValue, _ claims: IdentityClaims
    ) async throws -> (RoleRecord, ARN) {
        let denied = WireError(
            "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", status: 403)
        let text = input["RoleArn"]?.string ?? ""
        guard let arn = try? ARN(text), let name = Self.roleName(arn) else {
            throw WireError("ValidationError", "\(text) is invalid", status: 400)
        }
        let role: RoleRecord
        do { role = try await identity.get(RoleRecord.self, name) } catch { throw Self.reported(error, or: denied) }
        guard role.arn(in: identity.account) == arn else { throw denied }
        let trust: NamedPolicy
        do throws(IdentityError) { trust = try Self.trust(of: role) } catch { throw error.wire }
        var facts = RequestFacts.facts("sts", "AssumeRoleWithWebIdentity", input)
        facts.merge(claims.facts) { _, claim in claim }
        facts["aws:federatedprovider"] = .text("\(call.principal.arn)")
        do {
            try await call.authorize(
                Action(service: "sts", name: "AssumeRoleWithWebIdentity"), on: .named(arn, owner: identity.account),
                policy: .trust(trust), facts: facts)
        } catch is AccessDenied { throw denied }
        return (role, arn)
    }
}

extension WebIdentityError {
    /// The error as STS words it.
    var wire: WireError {
        switch self {
        case .malformed:
            WireError("InvalidIdentityToken", "The ID Token provided is not a valid JWT.", status: 400)
        case .missing(let claim):
            WireError("InvalidIdentityToken", "Missing a required claim: \(claim)", status: 400)
        case .unknownIssuer(let issuer):
            WireError(
                "InvalidIdentityToken",
                "No OpenIDConnect provider found in your account for \(issuer.prefix(256))", status: 400)
        case .noKeys:
            WireError(
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider, please reference"
                    + " AssumeRoleWithWebIdentity documentation for requirements", status: 400)
        case .badSignature:
            WireError("InvalidIdentityToken", "The signature of the token could not be verified", status: 400)
        case .wrongAudience: WireError("InvalidIdentityToken", "Incorrect token audience", status: 400)
        case .expired(let end):
            WireError(
                "ExpiredTokenException",
                "Token expired: current date/time \(Instant.now.milliseconds / 1000) must be before the expiration"
                    + " date/time \(end.milliseconds / 1000)", status: 400)
        case .notYetValid(let claim):
            WireError("IDPRejectedClaim", "The token is not valid yet, says its claim \(claim)", status: 403)
        case .tooOld:
            WireError("InvalidIdentityToken", "Token must be redeemed within 24 hours of issuance", status: 400)
        case .identity(let error): error.wire
        }
    }
}
