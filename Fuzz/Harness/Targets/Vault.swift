import Core

@testable import Vault

extension FuzzTarget {
    /// Key files and envelopes.
    static let vault = [rootKeys, envelopes, changedEnvelopes, signedTokens, keySets]

    private static let rootKeys = FuzzTarget(
        "root-keys",
        texts: [String(repeating: "0aF9", count: 16) + "\n", String(repeating: "00", count: 32) + "\r\n", "abc"]
    ) { bytes in
        guard let key = accepted({ try RootKey(text: bytes) }) else { return }
        require(accepted { try RootKey(text: key.text()) }?.fingerprint == key.fingerprint)
    }

    /// Whatever is signed by nobody is taken from nobody.
    private static let signedTokens = FuzzTarget(
        "signed-tokens",
        texts: [
            "eyJhbGciOiJSUzI1NiJ9.e30.AAAA", "eyJhbGciOiJFZERTQSIsImtpZCI6ImEifQ.e30.AAAA", "eyJhbGciOiJub25lIn0.e30.",
        ]
    ) { bytes in
        guard let token = accepted({ try SignedToken(parsing: bytes.text) }) else { return }
        if let published { require(!token.isSigned(by: published), "a token out of nowhere was verified") }
    }

    /// The key of RFC 8037, appendix A.2, whose private half no input knows how to use.
    private static let published = accepted {
        try KeySet(
            parsing: Array(
                #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#.utf8))
    }

    private static let keySets = FuzzTarget(
        "key-sets",
        texts: [
            #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
            #"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"},{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#,
            #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#,
        ]
    ) { bytes in
        guard let set = accepted({ try KeySet(parsing: bytes) }) else { return }
        require(!set.keys.isEmpty && set.keys.count <= KeySet.keyLimit)
        for key in set.keys { require(!key.verifies(bytes, for: bytes)) }
    }

    private static let place = Binding(account: .standard, resource: "function/a", use: "payload")

    /// A key, and things sealed with it.
    private struct Sealed {
        let root: RootKey
        let account: AccountKey
        let key: SealingKey
        let items: [[UInt8]]

        init() {
            root = RootKey()
            let (account, wrappedAccount) = root.makeKey(for: .standard)
            let (key, wrapped) = account.makeKey(for: "function/a")
            let check = KeyCheck(of: root)
            let envelope = key.seal(Array("a secret".utf8), binding: FuzzTarget.place)
            self.account = account
            self.key = key
            items = [envelope, wrapped.bytes, wrappedAccount.bytes, check.bytes]
        }

        /// Whether these bytes open as what the item with this number is.
        func opens(_ bytes: [UInt8], as item: Int) -> Bool {
            switch item {
            case 0: accepted { try key.open(bytes, binding: FuzzTarget.place) } != nil
            case 1: accepted { try account.unwrap(WrappedKey(bytes: bytes), resource: "function/a") } != nil
            case 2: accepted { try root.unwrap(WrappedKey(bytes: bytes), account: .standard) } != nil
            default: accepted { try KeyCheck(bytes: bytes).verify(root) } != nil
            }
        }
    }

    private static let sealed = Sealed()

    private static let envelopes = FuzzTarget(
        "envelopes",
        seeds: [
            [0, 1] + [UInt8](repeating: 7, count: 120), [1, 1] + [UInt8](repeating: 7, count: 72),
            [3] + Array("0123456789abcdef".utf8),
        ]
    ) { bytes in
        guard let item = bytes.first else { return }
        require(!sealed.opens(Array(bytes.dropFirst()), as: Int(item % 4)), "bytes out of nowhere were opened")
    }

    private static let changedEnvelopes = FuzzTarget(
        "changed-envelopes", seeds: [[0, 0, 1], [1, 40, 255], [2, 72, 1, 200]]
    ) {
        bytes in
        guard bytes.count >= 3 else { return }
        let item = Int(bytes[0] % 4)
        var changed = sealed.items[item]
        if bytes.count > 3 { changed.removeLast(min(changed.count, Int(bytes[3]))) }
        if !changed.isEmpty { changed[Int(bytes[1]) % changed.count] ^= bytes[2] }
        require(sealed.opens(changed, as: item) == (changed == sealed.items[item]), "a changed envelope was opened")
    }
}
