/// One version of a function: the unpublished one, or a published, unchangeable one.
package enum VersionNumber: Hashable, Sendable, Comparable, CustomStringConvertible {
    case latest
    case published(Int)

    /// Parses `$LATEST` or a positive number.
    package init?(_ text: String) {
        if text == "$LATEST" {
            self = .latest
        } else if let number = Int(text), number > 0, String(number) == text {
            self = .published(number)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .latest: "$LATEST"
        case .published(let number): String(number)
        }
    }
}

extension VersionNumber: RawRepresentable, Codable {
    package var rawValue: String { description }

    package init?(rawValue: String) { self.init(rawValue) }
}
