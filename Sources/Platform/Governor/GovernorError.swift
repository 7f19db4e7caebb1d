import Storage

/// Why the governor did not do what an operator told it.
package enum GovernorError: Error, Equatable, Sendable {
    /// A figure is below 0 or no number, or a text is too long.
    case invalid
    case tooManyRules(limit: Int)
    /// There is no rule for the scope.
    case noRule(scope: String)
    /// It holds now, but is not on the disk: a restart would forget it.
    case notDurable(StoreError)
    /// It was not done, because the audit trail cannot be written.
    case notAudited(AuditError)
    /// A record cannot be read: it was damaged, or belongs to another key.
    case unreadable(id: String)
    case keys(KeysError)
}

extension GovernorError: StoreCaused {
    package var storeError: StoreError? {
        switch self {
        case .notDurable(let error): error
        case .keys(let error): error.storeError
        default: nil
        }
    }
}
