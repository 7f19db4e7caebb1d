/// Where a distributed map reads its items from, and what they look like.
package struct ItemReader: Sendable {
    package let resource: String
    /// `Parameters` or `Arguments`.
    package let parameters: Template?
    package let configuration: Configuration

    /// Whether the items are the objects of a bucket, and not what is in one of them.
    package var listsObjects: Bool { resource.hasSuffix(":listObjectsV2") }

    /// What kind of manifest is read, if it is one.
    package var manifestType: String? {
        configuration.manifestType ?? (configuration.inputType == "MANIFEST" ? "S3_INVENTORY" : nil)
    }

    /// `ReaderConfig`.
    package struct Configuration: Sendable {
        package var inputType: String?
        package var csvHeaderLocation: String?
        package var csvHeaders: [String] = []
        package var csvDelimiter: String?
        package var maximumItems: Setting<Int>?
        package var manifestType: String?
        package var transformation: String?
        /// A JSON pointer to the array inside of what is read.
        package var itemsPointer: String?
    }
}
