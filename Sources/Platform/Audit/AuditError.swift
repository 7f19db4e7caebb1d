import Storage

/// Why the trail was not opened, or did not take a record.
package enum AuditError: Error, Equatable, Sendable {
    /// A file of the trail cannot be read or written.
    case files(FileFailure)
    /// The end of the trail is not as it was left: somebody or the disk changed it.
    case damaged(file: String, AuditFlaw)
    /// The file `head` is there and is no head.
    case headUnreadable
    /// There is no room on the disk; later there may be.
    case full
    /// Too much waits to be written.
    case busy
    /// The trail has failed or was closed.
    case unavailable
}
