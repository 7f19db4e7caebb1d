/// Which hosts a rule is about.
package enum HostPattern: Hashable, Sendable {
    case exact(HostName)
    /// Every name below this one, at any depth, but not itself.
    case below(HostName)
    /// Literal addresses.
    case addresses(AddressRange)

    /// Parses `api.example.com`, `*.example.com`, `192.0.2.1`, `10.0.0.0/8`, `[fd00::1]` or `fd00::/8`.
    package init(_ text: String) throws(EgressRuleError) {
        if let range = AddressRange(text) {
            self = .addresses(range)
            return
        }
        do throws(HostError) {
            if text.hasPrefix("*.") {
                guard case .name(let name) = try Host(text.dropFirst(2)) else { throw .oddAddress }
                // `*.com` is nobody's to allow, and a name of one label has nothing below it but that.
                guard name.parent != nil else { throw .badLabel }
                self = .below(name)
                return
            }
            switch try Host(text) {
            case .name(let name): self = .exact(name)
            case .address(let address): self = .addresses(AddressRange(address))
            }
        } catch {
            throw .badHost(text, error)
        }
    }
}

extension HostPattern: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exact(let name): name.text
        case .below(let name): "*.\(name)"
        case .addresses(let range): "\(range)"
        }
    }
}
