import AccessPolicy
import Core
import Platform

/// Why something is allowed or not: what `martlet authorize --explain` asks for.
package struct AccessOperations: Sendable {
    let identity: Identity
    let functions: Functions

    /// Answers for one account's identities and functions.
    package init(identity: Identity, functions: Functions) {
        self.identity = identity
        self.functions = functions
    }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        Guard.authorized(["ExplainAccess": explain], service: "martlet") { call, _, _ in .account(call.account) }
    }

    @Sendable private func explain(_ call: Call, _ input: WireValue) async throws -> WireValue {
        let action = try Self.action(input["Action"]?.string ?? "")
        let resource = try Self.resource(input["Resource"]?.string ?? "", call)
        do {
            let (principal, notes) = try await principal(input["Principal"]?.string ?? "", call)
            var context = AccessContext(time: .now, region: call.region)
            context.assumed = try Self.context(input["Context"])
            if case .function = resource { context.facts["lambda:functionarn"] = .text(resource.text) }
            let explanation = try await identity.explain(
                principal, action, on: resource, policy: try await policy(of: resource), in: context)
            return Self.shape(explanation, principal, action, resource, notes)
        } catch let error as IdentityError {
            guard case .notFound = error else { throw error.wire }
            let name = input["Principal"]?.string ?? ""
            throw WireError("PrincipalNotFoundException", "There is no principal \(name) in this account.", status: 404)
        } catch let error as FunctionError {
            throw WireError(error)
        }
    }

    /// Who is meant, and what should be known of them beside their policies.
    private func principal(_ text: String, _ call: Call) async throws -> (Principal, notes: [String]) {
        if text.hasSuffix(".amazonaws.com"), !text.contains(":") { return (.service(text, account: call.account), []) }
        guard let arn = try? ARN(text) else {
            throw WireError.invalid("'\(text.prefix(256))' is no ARN of a user, role, session, function or root.")
        }
        guard arn.service == "lambda" else { return (try await identity.principal(named: arn), []) }
        guard let reference = try? FunctionReference(text), reference.account == call.account else {
            throw IdentityError.notFound(.principal, name: text)
        }
        let function = FunctionIdentity(try await functions.resolve(reference, in: call.account).main)
        return (.function(function), try await notes(on: function))
    }

    /// Why a function may have no permissions at all.
    private func notes(on function: FunctionIdentity) async throws -> [String] {
        guard let name = function.roleName else {
            return ["The function's role \(function.role) is none of this account: the function has no permissions."]
        }
        do throws(IdentityError) { _ = try await identity.get(RoleRecord.self, name) } catch {
            guard case .notFound = error else { throw error }
            return ["There is no role \(name), which the function should run as: it has no permissions."]
        }
        guard try await identity.loadPolicies(of: .role(name))?.isForFunctions != true else { return [] }
        return [
            "The trust policy of role \(name) does not let lambda.amazonaws.com assume it: the function has no permissions."
        ]
    }

    /// The function's own policy, where the resource is a function.
    private func policy(of resource: Resource) async throws -> Authorization.ResourcePolicy {
        guard case .function(let account, _, let name, let qualifier) = resource else { return .none }
        let text = try await functions.policyDocument(of: name, qualifier, in: account)
        return identity.access.resourcePolicy(text, of: "policy of function \(name)")
    }

    private static func action(_ text: String) throws -> Action {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !text.contains("*") else {
            throw WireError.invalid("'\(text.prefix(256))' is no action such as lambda:InvokeFunction.")
        }
        return Action(service: parts[0], name: parts[1])
    }

    private static func resource(_ text: String, _ call: Call) throws -> Resource {
        if text == "*" { return .account(call.account) }
        guard let arn = try? ARN(text) else {
            throw WireError.invalid("'\(text.prefix(256))' is neither an ARN nor *.")
        }
        // Of what has no account in its ARN, and of the platform's policies, the caller's is the owner.
        let owner = (try? AccountID(arn.account)) ?? call.account
        if arn.service == "lambda", let region = try? Region(arn.region),
            let function = try? FunctionReference(text), owner == call.account
        {
            return .function(owner, region, function.name, function.qualifier)
        }
        return .named(arn, owner: owner)
    }

    private static func context(_ value: WireValue?) throws -> [String: ContextValue] {
        var context: [String: ContextValue] = [:]
        for (name, value) in value?.fields?.members ?? [] {
            guard ContextKey(name) != nil else {
                throw WireError.invalid("'\(name.prefix(256))' is no condition key such as aws:SourceIp.")
            }
            let values = value.strings ?? []
            context[name.lowercased()] = values.count == 1 ? .text(values[0]) : .texts(values)
        }
        return context
    }
}

extension WireError {
    /// An input that the model takes and the operation cannot.
    fileprivate static func invalid(_ message: String) -> WireError {
        WireError("ValidationException", message, status: 400)
    }
}
