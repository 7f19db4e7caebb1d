import Core
import Testing

@testable import Vault

@Suite struct KeyHierarchyTests {
    let root = RootKey()
    let place = Binding(account: .standard, resource: "r", use: "u")

    @Test func `keys open again from their wrapped forms`() throws {
        let account = root.makeKey(for: .standard)
        let resource = account.key.makeKey(for: "r")
        let envelope = resource.key.seal([1, 2, 3], binding: place)

        let againAccount = try root.unwrap(account.wrapped, account: .standard)
        let againResource = try againAccount.unwrap(resource.wrapped, resource: "r")
        #expect(try againResource.open(envelope, binding: place) == [1, 2, 3])
    }

    @Test func `wrapped keys cannot be exchanged between places`() throws {
        let other = try AccountID("111111111111")
        let first = root.makeKey(for: .standard)
        let second = root.makeKey(for: other)
        let resource = first.key.makeKey(for: "r")
        #expect(throws: EnvelopeError.notAuthentic) { try root.unwrap(first.wrapped, account: other) }
        #expect(throws: EnvelopeError.notAuthentic) { try first.key.unwrap(resource.wrapped, resource: "q") }
        #expect(throws: EnvelopeError.notAuthentic) { try second.key.unwrap(resource.wrapped, resource: "r") }
        #expect(throws: EnvelopeError.notAuthentic) { try root.unwrap(resource.wrapped, account: .standard) }
        #expect(throws: EnvelopeError.notAuthentic) { try RootKey().unwrap(first.wrapped, account: .standard) }
    }

    @Test func `a change of any single byte of a wrapped key is refused`() throws {
        let wrapped = root.makeKey(for: .standard).wrapped
        for index in wrapped.bytes.indices {
            var changed = wrapped.bytes
            changed[index] ^= 0x40
            #expect(throws: EnvelopeError.self) {
                try root.unwrap(WrappedKey(bytes: changed), account: .standard)
            }
        }
        #expect(throws: EnvelopeError.truncated(bytes: 0)) {
            try root.unwrap(WrappedKey(bytes: []), account: .standard)
        }
    }

    @Test func `the key check knows its root key and refuses every other`() throws {
        let check = KeyCheck(of: root)
        try check.verify(root)
        let other = RootKey()
        #expect(throws: EnvelopeError.wrongRootKey(sealedWith: root.fingerprint, given: other.fingerprint)) {
            try check.verify(other)
        }
        var changed = check.bytes
        changed[changed.count - 1] ^= 1
        #expect(throws: EnvelopeError.notAuthentic) { try KeyCheck(bytes: changed).verify(root) }
        #expect(throws: EnvelopeError.truncated(bytes: 0)) { try KeyCheck(bytes: []).verify(root) }
    }

    @Test func `no key shows itself when it is printed, dumped or reflected`() throws {
        let text = Array(repeating: "5a", count: 32).joined()
        let known = try RootKey(text: text.utf8)
        let account = known.makeKey(for: .standard).key
        let secrets: [any Sendable] = [
            known, account, account.makeKey(for: "r").key, known.material,
            HMACSHA256(key: [UInt8](repeating: 0x5a, count: 32)),
        ]
        for secret in secrets {
            var dumped = ""
            dump(secret, to: &dumped)
            let shown = ["\(secret)", String(reflecting: secret), dumped, "\(Optional(secret) as Any)", "\([secret])"]
            for one in shown {
                #expect(!one.contains("5a5a") && !one.contains("90, 90") && !one.contains("SymmetricKey"), "\(one)")
            }
            #expect(Mirror(reflecting: secret).children.isEmpty)
        }
    }
}
