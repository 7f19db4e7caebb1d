import Core

/// Some of the objects of a bucket, and where the next page begins.
package struct ObjectPage: Sendable {
    /// What a list says of an object.
    package struct Entry: Hashable, Sendable {
        package let key: String
        /// In bytes.
        package let size: Int64
        package let modified: Instant
        /// What changes when its bytes do, in quotation marks.
        package let tag: String

        /// Takes what is known of an object.
        package init(key: String, size: Int64, modified: Instant, tag: String) {
            self.key = key
            self.size = size
            self.modified = modified
            self.tag = tag
        }
    }

    package let entries: [Entry]
    package let next: String?

    /// Takes the objects, and what asks for those behind them.
    package init(_ entries: [Entry], next: String? = nil) {
        self.entries = entries
        self.next = next
    }
}
