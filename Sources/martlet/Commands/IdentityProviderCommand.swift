import ArgumentParser

/// `martlet identity-providers`: whose tokens may stand for a caller.
struct IdentityProviderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity-providers",
        abstract: "Pin the keys of OpenID Connect providers, whose tokens can then be exchanged for a role.",
        discussion: """
            The providers themselves are made with any AWS client. The server never fetches anything, so the keys with which \
            a provider signs its tokens are pinned by you:

              aws iam create-open-id-connect-provider --url https://id.example.com --client-id-list my-app
              curl -s https://id.example.com/jwks.json > keys.json
              martlet identity-providers pin arn:aws:iam::000000000000:oidc-provider/id.example.com keys.json

            Where a provider's keys are says https://ISSUER/.well-known/openid-configuration, as jwks_uri. When it changes \
            them, pin them anew: tokens signed with a key that is not pinned are refused.
            """,
        subcommands: [IdentityProviderPin.self])
}
