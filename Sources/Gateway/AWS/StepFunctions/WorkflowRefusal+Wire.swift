import Platform

extension WireError {
    /// A refusal about versions, aliases and activities in AWS's codes and words, where they are known.
    init(_ refusal: WorkflowRefusal) {
        switch refusal {
        case .resourceMissing(let arn):
            self.init("ResourceNotFound", "Request references a resource that does not exist: '\(arn)'")
        case .otherRevision(let asked, let current):
            self.init(
                "ConflictException",
                "Failed to publish the State Machine version for revision \(asked). The current State Machine revision "
                    + "is \(current).")
        case .tooManyVersions(let limit):
            self.init("ServiceQuotaExceededException", "A state machine may have at most \(limit) versions.")
        case .versionInUse(let aliases):
            self.init(
                "ConflictException",
                "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this "
                    + "version: [\(aliases.joined(separator: ", "))]")
        case .aliasExists:
            self.init(
                "ConflictException",
                "Failed to create alias because an alias with the same name and a different routing configuration "
                    + "already exists.")
        case .tooManyAliases(let limit):
            self.init("ServiceQuotaExceededException", "A state machine may have at most \(limit) aliases.")
        case .badRouting(let words): self.init("ValidationException", words)
        case .activityMissing(let arn): self.init("ActivityDoesNotExist", "Activity does not exist: '\(arn)'")
        case .activityExists(let name): self.init("ActivityAlreadyExists", "Activity already exists: '\(name)'")
        case .tooManyActivities(let limit):
            self.init("ActivityLimitExceeded", "There may be at most \(limit) activities.")
        }
    }
}
