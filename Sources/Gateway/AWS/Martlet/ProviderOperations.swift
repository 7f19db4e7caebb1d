import Core
import Platform
import Vault

/// The keys of identity providers: what `martlet identity-providers pin` sends.
package struct ProviderOperations: Sendable {
    let identity: Identity

    /// Serves one account's providers.
    package init(identity: Identity) { self.identity = identity }

    /// The handlers by operation.
    package var operations: [String: OperationHandler] {
        Guard.authorized(["PutOpenIDConnectProviderKeys": pin], service: "martlet") { call, _, input in
            // An ARN that does not parse is refused by the operation itself.
            guard let text = input["OpenIDConnectProviderArn"]?.string, let arn = try? ARN(text) else {
                return .account(call.account)
            }
            return .named(arn, owner: call.account)
        }
    }

    @Sendable private func pin(_ call: Call, _ input: WireValue) async throws -> WireValue {
        do {
            let keys = try await identity.pin(
                input["KeySet"]?.string ?? "", to: input.policyARN("OpenIDConnectProviderArn"))
            return [
                "Keys": .list(
                    keys.keys.map { ["KeyId": WireValue($0.id), "Algorithm": .string($0.algorithm.rawValue)] })
            ]
        } catch IdentityError.notFound(_, let name) {
            throw WireError(
                "IdentityProviderNotFoundException", "There is no OpenID Connect provider \(name).", status: 404)
        } catch IdentityError.badKeySet(let error) {
            throw WireError("InvalidKeySetException", error.sentence, status: 400)
        } catch let error as IdentityError {
            throw error.wire
        }
    }
}
