import Core
import Vault

extension KeySetError {
    /// What is wrong with a set of keys, for whoever wants to pin it.
    var sentence: String {
        switch self {
        case .tooLarge(let limit): "The key set has more than \(limit) bytes."
        case .tooManyKeys(let limit): "The key set has more than \(limit) keys."
        case .notJSON(let error): "The key set is not JSON: \(error.reason) at byte \(error.offset)."
        case .noList: "The key set is no object with a list of keys: {\"keys\": [{…}]}."
        case .malformedKey(let place): "Key \(place + 1) of the set is not what its type says."
        case .secretKey(let place):
            "Key \(place + 1) of the set is a private or symmetric key. Only public keys belong here; change that key, it"
                + " has been sent."
        case .nothingUsable: "The key set has no key for signatures by RS256, ES256 or EdDSA."
        }
    }
}
