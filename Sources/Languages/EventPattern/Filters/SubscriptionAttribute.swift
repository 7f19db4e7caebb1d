import Core

/// An attribute of a message, as filter policies see it.
package enum SubscriptionAttribute: Hashable, Sendable {
    case string(String)
    /// The text of a number; matched as a string where it is none.
    case number(String)
    /// The text of a JSON array; other text has no values.
    case stringArray(String)
    /// Passed over by policies, which take it for absent.
    case binary

    /// Takes the attribute's type, such as `String`, `String.Array`, `Number` or `Number.count`, and its text.
    package init(type: String, text: String) {
        switch type.prefix(while: { $0 != "." }) {
        case "Binary": self = .binary
        case "Number": self = .number(text)
        default: self = type == "String.Array" ? .stringArray(text) : .string(text)
        }
    }

    /// The values as JSON; what is nested in an array is no value.
    var json: JSON? {
        switch self {
        case .string(let text): .string(text)
        case .number(let text):
            // What is no number stays text.
            if let number = try? JSON(parsing: text), case .number = number { number } else { .string(text) }
        case .stringArray(let text):
            // What is no array has no values.
            .array(((try? JSON(parsing: text))?.array ?? []).filter { $0.object == nil && $0.array == nil })
        case .binary: nil
        }
    }
}
