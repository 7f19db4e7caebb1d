/// One permission to call something outside: everything that no rule names is refused.
///
/// A class, because every call hands its rule on many times, and a rule has many parts.
package final class EgressRule: Sendable {
    /// How a function may speak with what the rule names.
    package enum Speech: String, Hashable, Sendable, CaseIterable {
        /// Plain HTTP by an absolute target, every request judged.
        case http
        /// A tunnel that begins with a TLS handshake for the very host.
        case tls
        /// A tunnel for anything, or a declared service.
        case tcp
    }

    /// What the operator calls it; in answers, records and metrics.
    package let name: String
    package let host: HostPattern
    /// The ports for each way of speaking.
    package let ports: [Speech: PortSet]
    /// Methods that plain HTTP may use; any if empty.
    package let methods: Set<String>
    /// Paths that plain HTTP may ask for; any if empty.
    package let paths: [PathPattern]
    /// Addresses beyond the public ones that the host may have.
    package let addresses: [AddressRange]
    /// Where the host process makes TLS of the function's plain HTTP: what it adds to the request.
    package let origination: Origination?

    /// What a rule with `tls: originate` puts into requests.
    package struct Origination: Hashable, Sendable {
        package let headers: [HeaderTemplate]
        package let query: [FieldTemplate]
        package let body: BodyTemplate?
    }

    init(
        name: String, host: HostPattern, ports: [Speech: PortSet], methods: Set<String>, paths: [PathPattern],
        addresses: [AddressRange], origination: Origination?
    ) {
        self.name = name
        self.host = host
        self.ports = ports
        self.methods = methods
        self.paths = paths
        self.addresses = addresses
        self.origination = origination
    }

    /// Whether what the paths of a rule say can be said of this path; they only bind plain HTTP.
    func allows(method: String, path: CanonicalPath) -> EgressPolicy.Shortfall? {
        if !methods.isEmpty, !methods.contains(method) { return .method }
        if !paths.isEmpty, !paths.contains(where: { $0.matches(path) }) { return .path }
        return nil
    }

    /// Whether requests must be in a canonical form because something depends on their path.
    var judgesPaths: Bool { !paths.isEmpty || origination != nil }

    /// Whether a connection may go to an address: a public one, or one that the rule names.
    package func permits(_ address: IPAddress) -> Bool {
        let kind = address.kind
        if kind == .global { return true }
        func names(_ range: AddressRange) -> Bool {
            range.contains(address) && (range.isSingle || !kind.mustBeNamedExactly)
        }
        return addresses.contains(where: names) || host.range.map(names) == true
    }
}

extension EgressRule: Equatable {
    /// Whether two rules say the same.
    package static func == (left: EgressRule, right: EgressRule) -> Bool {
        left === right
            || left.name == right.name && left.host == right.host && left.ports == right.ports
                && left.methods == right.methods && left.paths == right.paths && left.addresses == right.addresses
                && left.origination == right.origination
    }
}

extension HostPattern {
    /// The addresses of a rule about addresses.
    var range: AddressRange? {
        if case .addresses(let range) = self { range } else { nil }
    }
}
