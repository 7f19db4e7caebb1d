/// Why a text is not an address that mail can be sent to.
package enum MailAddressError: Error, Equatable, Sendable {
    case tooLong(limit: Int)
    /// There is no `@`, or nothing on one side of it.
    case incomplete
    /// Something in front of the `@` that stands there only in quotes, or nowhere.
    case badCharacter(Unicode.Scalar)
    case badDomain(HostError)
}

/// An address of a mailbox: `name@domain`.
///
/// Nothing in it can end a line or a path of the protocol: names in quotes, which could hold anything, and domains that are
/// numbers are no addresses here. Names of other scripts are, domains of other scripts are written in their `xn--` form.
/// Sources: RFC 5321 sections 4.1.2 and 4.5.3.1, RFC 6531 section 3.3.
package struct MailAddress: Hashable, Sendable {
    private static let limit = 254
    private static let nameLimit = 64
    private static let symbols = Set("!#$%&'*+-/=?^_`{|}~".unicodeScalars)

    /// What stands in front of the `@`, as it was written: who receives may tell capitals apart.
    package let name: String
    package let domain: String

    /// Parses an address.
    package init(_ text: String) throws(MailAddressError) {
        guard text.utf8.count <= Self.limit else { throw .tooLong(limit: Self.limit) }
        guard let at = text.unicodeScalars.lastIndex(of: "@") else { throw .incomplete }
        let name = text.unicodeScalars[..<at]
        guard String(name).utf8.count <= Self.nameLimit else { throw .tooLong(limit: Self.nameLimit) }
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
            guard !part.isEmpty else { throw .incomplete }
            if let bad = part.first(where: { !Self.isPart($0) }) { throw .badCharacter(bad) }
        }
        let host: HostName
        do throws(HostError) {
            host = try HostName(String(text.unicodeScalars[text.unicodeScalars.index(after: at)...]))
        } catch { throw .badDomain(error) }
        guard !host.endsInNumber else { throw .badDomain(.oddAddress) }
        self.name = String(name)
        domain = host.text
    }

    /// The address as the protocol and heads of messages have it.
    package var text: String { "\(name)@\(domain)" }

    /// Whether only a relay that speaks SMTPUTF8 can take it.
    package var isInternational: Bool { !name.utf8.allSatisfy { $0 < 0x80 } }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else {
            return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || symbols.contains(scalar)
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }
}
