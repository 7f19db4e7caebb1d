import Core

/// Where the items of a map come from, as the context object tells it.
package struct ItemOrigin: Hashable, Sendable {
    /// Whether the items are the members of an object, as pairs.
    package let isKeyed: Bool
    /// `STATE_DATA`, or the place that was read: `S3://bucket/key`, and of a list of objects the bucket.
    package let source: String

    /// Comes out of the data of the state.
    init(isKeyed: Bool = false) {
        self.isKeyed = isKeyed
        source = "STATE_DATA"
    }

    /// Was read with these arguments.
    init(_ reader: ItemReader, _ arguments: JSON?) {
        isKeyed = false
        let bucket = arguments?["Bucket"]?.string ?? ""
        let key = arguments?["Key"]?.string
        source = reader.listsObjects || key == nil ? "S3://\(bucket)" : "S3://\(bucket)/\(key ?? "")"
    }

    /// A member of an object as an item.
    static func pair(_ member: JSONObject.Member) -> JSON {
        .object(JSONObject([("Key", .string(member.key)), ("Value", member.value)]))
    }
}
