import Core

/// How asynchronous calls of one qualifier are treated, and since when.
package struct EventInvokeSetting: Hashable, Sendable, Codable {
    package var configuration: EventInvokeConfiguration
    package var lastModified: Int64
}

extension FunctionState {
    static let tagLimit = 50

    /// Adds tags or changes their values; `martlet:cpu` must be a share of processors, those of channels names of topics.
    package mutating func setTags(_ new: [String: String]) throws(FunctionError) {
        for (key, value) in new {
            guard (1...128).contains(key.count), value.count <= 256, !key.lowercased().hasPrefix("aws:") else {
                throw .tagMalformed(key)
            }
            if key == ProcessorShare.tag {
                do { _ = try ProcessorShare(value) } catch { throw .configuration(error) }
            }
            if ResultChannels.isTag(key) {
                do { _ = try ResultChannels.topic(value) } catch { throw .channelMalformed(tag: key, value) }
            }
        }
        let merged = tags.merging(new) { $1 }
        guard merged.count <= Self.tagLimit else { throw .tooMany(what: "tags", limit: Self.tagLimit) }
        tags = merged
    }

    /// Removes tags; those that are not there do not matter.
    package mutating func removeTags(_ keys: [String]) {
        for key in keys { tags[key] = nil }
    }

    /// Sets how asynchronous calls are treated; `keeping` leaves what is not said as it was.
    package mutating func setEventInvoke(
        _ new: EventInvokeConfiguration, qualifier: Qualifier?, keeping: Bool, arn: String, stamp: ChangeStamp
    ) throws(FunctionError) -> EventInvokeSetting {
        let key = (qualifier ?? .latest).description
        var configuration = new
        if keeping {
            guard let old = eventInvokes[key]?.configuration else { throw .eventInvokeMissing(arn: arn) }
            configuration.maximumRetries = new.maximumRetries ?? old.maximumRetries
            configuration.maximumAgeSeconds = new.maximumAgeSeconds ?? old.maximumAgeSeconds
            configuration.onSuccess = new.onSuccess ?? old.onSuccess
            configuration.onFailure = new.onFailure ?? old.onFailure
        }
        let setting = EventInvokeSetting(configuration: configuration, lastModified: stamp.time.milliseconds)
        eventInvokes[key] = setting
        return setting
    }

    /// Forgets how asynchronous calls are treated.
    package mutating func deleteEventInvoke(qualifier: Qualifier?, arn: String) throws(FunctionError) {
        guard eventInvokes.removeValue(forKey: (qualifier ?? .latest).description) != nil else {
            throw .eventInvokeMissing(arn: arn)
        }
    }

    /// How asynchronous calls of a qualifier are treated: as set for it, else as nothing was set.
    package func eventInvoke(for qualifier: Qualifier?) -> EventInvokeConfiguration {
        eventInvokes[(qualifier ?? .latest).description]?.configuration ?? EventInvokeConfiguration()
    }

    /// Sets how many calls may run at once, or lifts the limit.
    package mutating func setReservedConcurrency(_ limit: Int?) { reservedConcurrency = limit }

    /// Sets what happens when the function calls itself in a loop.
    package mutating func setRecursion(_ policy: RecursionPolicy) { recursion = policy }

    /// Sets when a qualifier's runtime is renewed.
    package mutating func setRuntimeUpdates(_ policy: RuntimeUpdatePolicy, qualifier: Qualifier?) {
        runtimeUpdates[(qualifier ?? .latest).description] = policy
    }

    /// When a qualifier's runtime is renewed.
    package func runtimeUpdates(for qualifier: Qualifier?) -> RuntimeUpdatePolicy {
        runtimeUpdates[(qualifier ?? .latest).description] ?? .auto
    }
}
