import Core
import Logging
import Platform
import Storage
import Vault

extension EventSources {
    /// Mappings of which nobody takes messages, of functions in a registry.
    static func unused(_ store: MemoryStore, _ keys: Keys, _ functions: Functions) -> EventSources {
        let key = RootKey().makeKey(for: AccountID.standard).key.makeKey(for: "identity").key
        return EventSources(
            account: .standard, store: store, keys: keys,
            queues: Queues(store: store, keys: keys, region: .standard, logger: Logger(label: "test")),
            identity: Identity(account: .standard, store: store, key: key),
            surroundings: Surroundings(
                resolve: { try? await functions.resolve($0, in: .standard) }, obstacle: { _ in nil },
                invoke: { _ in .unavailable(.shuttingDown) }, loopEnded: { _ in }),
            logger: Logger(label: "test"))
    }
}
