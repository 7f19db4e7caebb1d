/// The name of a state machine, an execution or an activity: 1 to 80 characters, none of which could be taken for part of
/// an ARN, of a path or of a pattern.
///
/// Source: Step Functions API reference, parameter `name` of `CreateStateMachine`.
package struct WorkflowName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Most characters of a name.
    package static let longest = 80

    private static let forbidden = Set("<>{}[]?*\"#%\\^|~`$&,;:/".unicodeScalars)

    /// Takes a bare name, not an ARN.
    package init(_ text: String) throws(NameError) {
        guard !text.isEmpty else { throw .empty }
        guard text.unicodeScalars.count <= Self.longest else { throw .badLength(minimum: 1, maximum: Self.longest) }
        for scalar in text.unicodeScalars where !Self.isAllowed(scalar) { throw .badCharacter(Character(scalar)) }
        self.text = text
    }

    /// Makes a name that nobody else has.
    package init(_ id: RequestID) { text = id.description }

    package var description: String { text }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.properties.isWhitespace, !forbidden.contains(scalar) else { return false }
        return switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0xFFFE...: false
        default: true
        }
    }
}

extension WorkflowName: RawRepresentable, Codable {
    package var rawValue: String { text }

    package init?(rawValue: String) {
        do { try self.init(rawValue) } catch { return nil }
    }
}
