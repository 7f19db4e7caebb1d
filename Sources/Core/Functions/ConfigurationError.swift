/// Why a value of a function's configuration is refused.
package enum ConfigurationError: Error, Equatable {
    case runtimeUnknown(String)
    case runtimeDeprecated(String)
    case runtimeNotServed(String)
    case memoryOutOfRange(Int)
    case timeoutOutOfRange(Int)
    case ephemeralStorageOutOfRange(Int)
    case processorShareMalformed(String)
    case handlerMalformed
    case roleMalformed(String)
    case environmentNameMalformed(String)
    case environmentValueMalformed(name: String)
    case environmentReserved([String])
    case environmentTooLarge(bytes: Int, limit: Int)
    case layerMalformed(String)
    case tooManyLayers(limit: Int)
    case layerRepeated(String)
    case logGroupMalformed(String)
    case logLevelNeedsJSON
    case architectureNotServed(String)
    case descriptionTooLong(limit: Int)
    case targetMalformed(String)
    case routingMalformed
}
