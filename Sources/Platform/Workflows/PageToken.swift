import Core

/// Where a list goes on: the last entry of the page before, as clients carry it.
enum PageToken {
    /// The text for an entry.
    static func text(_ last: String) -> String { Base64.encode(Array(last.utf8)) }

    /// The entry of a text that `text` made.
    static func last(_ token: String?) throws(WorkflowError) -> String? {
        guard let token else { return nil }
        guard let bytes = Base64.decode(token), let text = String(validating: bytes, as: UTF8.self),
            text.utf8.count <= 4096
        else { throw .badToken }
        return text
    }
}
