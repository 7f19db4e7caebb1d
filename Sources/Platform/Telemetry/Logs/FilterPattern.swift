import Core

/// Which messages a search wants: CloudWatch Logs' filter patterns.
///
/// Source: Amazon CloudWatch Logs user guide, "Filter pattern syntax".
package enum FilterPattern: Sendable {
    case all
    /// Every required term, none of the excluded and, where none is required, one of the optional.
    case terms(required: [FilterTerm], optional: [FilterTerm], excluded: [FilterTerm])
    /// A condition on messages that are JSON objects.
    case json(FilterCondition)
    /// Conditions on messages that are fields with space between them.
    case fields(FilterFields)

    /// Reads a pattern as clients write it; an empty one wants everything.
    package init(_ text: String) throws(LogsError) { self = try FilterPatternParser.parse(text) }

    /// Whether a message is wanted.
    package func matches(_ message: [UInt8]) -> Bool {
        switch self {
        case .all:
            return true
        case .terms(let required, let optional, let excluded):
            if excluded.contains(where: { $0.isFound(in: message) }) { return false }
            if !required.isEmpty { return required.allSatisfy { $0.isFound(in: message) } }
            return optional.isEmpty || optional.contains { $0.isFound(in: message) }
        case .json(let condition):
            // What is not JSON matches no condition.
            guard message.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"), let json = try? JSON(parsing: message)
            else { return false }
            return condition.holds(for: json)
        case .fields(let fields):
            return fields.match(message)
        }
    }
}

/// What a message may hold anywhere: some text, or what an expression describes.
package enum FilterTerm: Sendable {
    case text([UInt8])
    case expression(FilterExpression)

    func isFound(in message: [UInt8]) -> Bool {
        switch self {
        case .text(let text): message[...].firstOffset(of: text) != nil
        case .expression(let expression): expression.isFound(in: message[...])
        }
    }
}
