import Vault

/// Says why a root key cannot be read, and what would help.
enum KeySourceWords {
    /// What follows "The root key cannot be read: ", without a full stop.
    static func reason(_ error: KeySourceError) -> String {
        switch error {
        case .missing(let path): "there is no file \(path)"
        case .exists(let path): "\(path) is there already"
        case .exposed(let path, let mode):
            "others than its owner may read \(path) (mode 0\(String(mode, radix: 8))); run: chmod 600 \(path)"
        case .notOwned(let path, let owner): "\(path) belongs to user \(owner), not to the one who starts the server"
        case .notAFile(let path): "\(path) is no file"
        case .badLength(let expected, let found): "a key has \(expected) hexadecimal digits, not \(found)"
        case .notHexadecimal: "it has other characters than hexadecimal digits"
        case .tooLong(let limit): "there are more than \(limit) bytes of it"
        case .commandFailed(let status): "the command that gives it ended with status \(status)"
        case .commandTimedOut(let seconds): "the command that gives it took more than \(seconds) seconds"
        case .system(let operation, let errno): "to \(operation) failed (error \(errno))"
        }
    }
}
