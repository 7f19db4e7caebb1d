/// Which object: its bucket, its key, and which version of it if it is not the newest.
package struct ObjectPlace: Hashable, Sendable, CustomStringConvertible {
    package let bucket: String
    package let key: String
    package let version: String?

    /// Names an object; whether there is one is another question.
    package init(bucket: String, key: String, version: String? = nil) {
        self.bucket = bucket
        self.key = key
        self.version = version
    }

    package var description: String { "s3://\(bucket)/\(key)" }
}
