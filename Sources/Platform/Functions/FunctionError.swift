import Core
import Storage

/// Why something cannot be done with a function, an alias, a layer or their settings.
package enum FunctionError: Error, Equatable {
    case functionMissing(arn: String)
    case functionExists(FunctionName)
    case aliasMissing(arn: String)
    case aliasExists(arn: String)
    case layerMissing(arn: String)
    case layerNotUsable(arn: String)
    case policyMissing
    case statementMissing(String)
    case statementExists(String)
    case policyOnLatest
    case policyTooLong(limit: Int)
    case principalMalformed
    case eventInvokeMissing(arn: String)
    case urlMissing
    case urlExists(arn: String)
    case revisionMismatch(Revised)
    case codeDigestMismatch(given: String, actual: String)
    case versionInUse(Int, aliases: [String])
    case unreservedTooLow(minimum: Int)
    case codeEmpty
    case archive(CodeArchiveError)
    case codeTooLarge(limit: Int)
    case unpackedTooLarge(limit: Int, actual: Int)
    case codeStorageExceeded(limit: Int)
    case tooMany(what: String, limit: Int)
    case tagMalformed(String)
    /// A tag that names a channel names no topic.
    case channelMalformed(tag: String, String)
    case markerMalformed
    case configuration(ConfigurationError)

    /// Others changed the same function again and again in the meantime.
    case busy(FunctionName)

    /// The code that a version names is no longer there: the caller holds an old version and asks anew.
    case codeGone

    /// The function was deleted while it was being changed.
    case keyErased
    case storageFailed(StoreFault)

    /// What has a revision of its own.
    package enum Revised: Sendable {
        case function
        case alias
        case policy
    }

    /// Whether the store or a key failed, and not the caller.
    var isStorageFailure: Bool {
        if case .storageFailed = self { true } else { false }
    }
}

extension FunctionError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .storageFailed(let error): error.storeError
        default: nil
        }
    }
}
