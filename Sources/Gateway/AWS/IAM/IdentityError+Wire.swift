import AccessPolicy
import Platform

extension IdentityError {
    /// The error as IAM words it.
    var wire: WireError {
        switch self {
        case .notFound(let kind, let name): WireError("NoSuchEntity", Self.notFound(kind, name), status: 404)
        case .alreadyExists(.policy, let name):
            WireError(
                "EntityAlreadyExists", "A policy called \(name) already exists. Duplicate names are not allowed.",
                status: 409)
        case .alreadyExists(.provider, let name):
            WireError("EntityAlreadyExists", "Provider with url \(name) already exists.", status: 409)
        case .alreadyExists(let kind, let name):
            WireError(
                "EntityAlreadyExists", "\(kind == .role ? "Role" : "User") with name \(name) already exists.",
                status: 409)
        case .inTheWay(let obstacle): WireError("DeleteConflict", Self.text(obstacle), status: 409)
        case .limit(let limit): WireError("LimitExceeded", Self.text(limit), status: 409)
        case .malformedDocument(let flaw): WireError("MalformedPolicyDocument", Self.text(flaw), status: 400)
        case .badProviderURL(let url):
            WireError(
                "InvalidInput", "Invalid Open ID Connect Provider URL: \(url.prefix(256)) is no https:// address.",
                status: 400)
        case .badKeySet(let error): WireError("InvalidInput", error.sentence, status: 400)
        case .unmodifiable(let name):
            WireError("AccessDenied", "Cannot perform the operation on the AWS managed policy \(name).", status: 403)
        case .badMarker: WireError("ValidationError", "Invalid Marker.", status: 400)
        case .contention:
            WireError(
                "ConcurrentModification",
                "The request was rejected because several requests changed the same entity at once. Try again.",
                status: 409)
        case .busy:
            WireError("Throttling", "Too many changes wait to be written. Try again.", status: 400)
        case .store, .unreadable:
            WireError("ServiceFailure", "The request could not be processed: the store failed.", status: 500)
        }
    }

    private static func notFound(_ kind: Kind, _ name: String) -> String {
        switch kind {
        case .role, .user: "The \(kind.rawValue) with name \(name) cannot be found."
        case .policy: "Policy \(name) does not exist or is not attachable."
        case .policyVersion: "Policy version \(name) does not exist or is not attachable."
        case .inlinePolicy: "The policy with name \(name) cannot be found."
        case .attachment: "Policy \(name) was not found."
        case .accessKey: "The Access Key with id \(name) cannot be found."
        case .principal: "No principal with ARN \(name) can be found."
        case .provider: "OpenIDConnect Provider not found for arn \(name)"
        }
    }

    private static func text(_ obstacle: Obstacle) -> String {
        switch obstacle {
        case .attachedPolicies: "Cannot delete entity, must detach all policies first."
        case .inlinePolicies: "Cannot delete entity, must delete policies first."
        case .accessKeys: "Cannot delete entity, must delete access keys first."
        case .attachments: "Cannot delete a policy attached to entities."
        case .isDefaultVersion: "Cannot delete the default version of a policy."
        case .versions:
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions."
                + " The default version is deleted with the policy."
        }
    }

    private static func text(_ limit: Limit) -> String {
        switch limit {
        case .attachedPolicies(let count): "Cannot exceed quota for PoliciesPerEntity: \(count)"
        case .inlinePolicyBytes(let bytes): "Maximum policy size of \(bytes) bytes exceeded"
        case .policyBytes(let bytes): "Cannot exceed quota for PolicySize: \(bytes)"
        case .trustPolicyBytes(let bytes): "Cannot exceed quota for ACLSizePerRole: \(bytes)"
        case .policyVersions(let count):
            "A managed policy can have up to \(count) versions. Before you create a new version, you must delete an"
                + " existing version."
        case .accessKeys(let count): "Cannot exceed quota for AccessKeysPerUser: \(count)"
        case .tags(let count): "Cannot exceed quota for tags: \(count)"
        case .providers(let count): "Cannot exceed quota for OpenIdConnectProvidersPerAccount: \(count)"
        case .clientIDs(let count): "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: \(count)"
        }
    }

    /// AWS's sentence for it, then the place and what is wrong there.
    private static func text(_ flaw: PolicyFlaw) -> String {
        let known =
            switch flaw.reason {
            case .notJSON: "This policy contains invalid Json"
            case .missing(let field): "Missing required field \(field)"
            case .notWanted(let field): "Has prohibited field \(field)"
            default: "Syntax errors in policy."
            }
        return known + (known.hasSuffix(".") ? " " : ". ") + flaw.description + "."
    }
}
