import Core

/// The unit of atomicity, order and placement: a batch touches exactly one.
///
/// Buckets spread a big account; where nothing needs spreading, bucket 0 serves.
package struct Partition: Hashable, Comparable, Sendable {
    package var account: AccountID
    package var bucket: UInt16

    /// Names a bucket of an account.
    package init(account: AccountID, bucket: UInt16 = 0) {
        self.account = account
        self.bucket = bucket
    }

    /// Orders partitions by account, then by bucket.
    package static func < (left: Partition, right: Partition) -> Bool {
        (left.account.text, left.bucket) < (right.account.text, right.bucket)
    }
}
