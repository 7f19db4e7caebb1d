/// Where a distributed map reads its items from, and what they look like.
package struct ItemReader: Sendable {
    package let resource: String
    /// `Parameters` or `Arguments`.
    package let parameters: Template?
    package let configuration: Configuration

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
