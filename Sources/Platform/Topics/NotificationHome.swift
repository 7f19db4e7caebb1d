import Core
import Storage
import Synchronization
import Vault

/// Where receivers reach the server, and what it signs with: made when first asked for, sealed, and kept.
package final class NotificationHome: Sendable {
    private static let place = RecordKey(kind: "topic-signer", id: "certificate")
    private static let resource = "topics/signer"

    package let links: NotificationLinks
    private let account: AccountID
    private let store: any Store
    private let keys: Keys
    private let known = Mutex<SigningCertificate?>(nil)

    /// Keeps an account's certificate in a store; `address` is where the server is reached, without a path.
    package init(account: AccountID, address: String, store: any Store, keys: Keys) {
        links = NotificationLinks(home: address)
        self.account = account
        self.store = store
        self.keys = keys
    }

    /// The certificate that receivers check signatures with, as text.
    package func certificate() async throws -> String { try await signer().pem }

    /// What the server signs with.
    func signer() async throws -> SigningCertificate {
        if let signer = known.withLock({ $0 }) { return signer }
        let partition = Partition(account: account)
        let binding = Binding(account: account, resource: Self.resource, use: "certificate")
        while true {
            if let record = try await store.get(partition, Self.place) {
                let signer = try SigningCertificate(bytes: try await keys.open(record.value, binding))
                known.withLock { $0 = signer }
                return signer
            }
            let made = try SigningCertificate(name: "martlet topics", at: .now)
            let sealed = try await keys.seal(made.bytes, binding)
            do {
                _ = try await store.commit(partition, [.put(Self.place, value: sealed, expect: .absent)])
            } catch StoreError.conflict { continue }
        }
    }
}

/// What is signed of a message to a receiver: names and values, each in a line of its own.
///
/// Source: Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages".
enum SignedText {
    /// The proof of a message, signed as a topic's settings say.
    static func proof(
        of members: [(String, String?)], _ settings: TopicSettings, _ signer: SigningCertificate,
        _ links: NotificationLinks
    ) throws -> NotificationProof {
        let text = members.compactMap { name, value in value.map { "\(name)\n\($0)\n" } }.joined()
        let signature = try signer.signature(
            of: Array(text.utf8), hash: settings.signatureVersion == 2 ? .sha256 : .sha1)
        return NotificationProof(
            version: settings.signatureVersion, signature: Base64.encode(signature),
            certificateURL: links.certificateURL)
    }
}
