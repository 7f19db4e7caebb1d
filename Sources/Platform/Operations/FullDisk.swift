import Storage

/// The one failure of the store that an operator mends, and that callers may wait out.
package enum FullDisk {
    /// What callers and operators are told.
    package static let words = "\(StoreError.full)"

    /// Whether something failed because the disk is full, whatever the features on the way made of it.
    package static func isCause(of error: any Error) -> Bool { (error as? any StoreCaused)?.storeError == .full }
}
