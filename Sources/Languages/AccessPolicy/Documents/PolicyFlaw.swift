import Core

/// What is wrong with the text of a policy, and where.
package struct PolicyFlaw: Error, Hashable, Sendable {
    /// What is wrong.
    package enum Reason: Hashable, Sendable {
        case notJSON(JSONError)
        case tooLarge(limit: Int)
        case tooManyStatements(limit: Int)
        /// The value is of another kind than these words say.
        case expected(String)
        case unknownVersion(String)
        case unknownElement(String)
        case missing(String)
        case notWanted(String)
        case both(String, String)
        case empty
        case badEffect(String)
        case badSid(String)
        case repeatedSid(String)
        case badAction(String)
        case badResource(String)
        case badVariable(String)
        case variableBeforeFifthColon(String)
        case badPrincipal(String)
        case unknownPrincipalType(String)
        case unknownOperator(String)
        case badKey(String)
        case badValue(String, operator: String)
    }

    /// The place as a path, such as `Statement[1].Condition.StringEquals`; empty for the whole.
    package let place: String
    package let reason: Reason

    /// Says what is wrong where.
    package init(_ reason: Reason, at place: String) {
        self.place = place
        self.reason = reason
    }
}

extension PolicyFlaw: CustomStringConvertible {
    /// One sentence with the place, for whoever wrote the policy.
    package var description: String { (place.isEmpty ? "The policy" : place) + " " + predicate }

    private var predicate: String {
        switch reason {
        case .notJSON(let error): "is not JSON: \(error.reason) at byte \(error.offset)"
        case .tooLarge(let limit): "has more than \(limit) bytes"
        case .tooManyStatements(let limit): "has more than \(limit) statements"
        case .expected(let kind): "must be \(kind)"
        case .unknownVersion(let version): "must be 2012-10-17 or 2008-10-17, not \(Self.shown(version))"
        case .unknownElement(let name): "has an element that does not exist: \(Self.shown(name))"
        case .missing(let name): "lacks \(name)"
        case .notWanted(let name): "must not have \(name)"
        case .both(let one, let other): "has both \(one) and \(other)"
        case .empty: "must not be empty"
        case .badEffect(let effect): "must be Allow or Deny, not \(Self.shown(effect))"
        case .badSid(let sid): "has characters that a Sid cannot have: \(Self.shown(sid))"
        case .repeatedSid(let sid): "is the Sid of an earlier statement: \(Self.shown(sid))"
        case .badAction(let action): "is neither * nor SERVICE:NAME: \(Self.shown(action))"
        case .badResource(let resource): "is neither * nor an ARN: \(Self.shown(resource))"
        case .badVariable(let variable): "has a variable that cannot be read: \(Self.shown(variable))"
        case .variableBeforeFifthColon(let text): "has a variable before the ARN's fifth colon: \(Self.shown(text))"
        case .badPrincipal(let principal): "names no principal: \(Self.shown(principal))"
        case .unknownPrincipalType(let type): "has a type of principal that does not exist: \(Self.shown(type))"
        case .unknownOperator(let name): "has a condition operator that does not exist: \(Self.shown(name))"
        case .badKey(let key): "has a key without a prefix: \(Self.shown(key))"
        case .badValue(let value, let name): "is no value for \(name): \(Self.shown(value))"
        }
    }

    /// A text from outside as a message may show it: short, and without control characters.
    static func shown(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(100).map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0 }
        return "\"" + String(String.UnicodeScalarView(scalars)) + "\""
    }
}
