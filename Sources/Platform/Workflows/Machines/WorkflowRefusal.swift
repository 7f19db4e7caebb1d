import Core

/// Why a version, an alias or an activity cannot be made, changed or found.
package enum WorkflowRefusal: Error, Hashable, Sendable {
    case resourceMissing(String)
    /// The revision that was asked for is not in force any more.
    case otherRevision(asked: String, current: String)
    case tooManyVersions(limit: Int)
    case versionInUse(aliases: [String])
    case aliasExists(String)
    case tooManyAliases(limit: Int)
    case badRouting(String)
    case activityMissing(String)
    case activityExists(String)
    case tooManyActivities(limit: Int)
}
