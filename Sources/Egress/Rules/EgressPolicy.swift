/// What a function may call: its own rules and its account's, arranged so that ten thousand cost no more than ten.
///
/// Found by the host's name, then by each suffix of it, or by the blocks that an address lies in; the more exact pattern
/// comes first, a function's rule before its account's, then the order in which they were written.
package struct EgressPolicy: Sendable {
    /// How near a rule came that does not allow a call after all.
    package enum Shortfall: Int, Comparable, Sendable {
        case host, speech, port, method, path

        /// Orders by how much of the call was allowed.
        package static func < (left: Shortfall, right: Shortfall) -> Bool { left.rawValue < right.rawValue }
    }

    /// Whether a call is allowed.
    package enum Verdict: Sendable {
        case allowed(EgressRule, port: Port)
        case refused(Shortfall)
        /// A rule fits, but its paths can only be judged in a form that this path is not in.
        case unclear(PathError)
    }

    /// Rules for the same host, which are gone through one after the other.
    static let limitPerHost = 64

    package let limits: EgressLimits
    /// The services of a function by their ports inside; a function's own before its account's.
    package let services: [Port: EgressService]
    private let rules: [EgressRule]
    private var exact: [String: [Int]] = [:]
    private var below: [String: [Int]] = [:]
    private var blocks: [AddressRange: [Int]] = [:]
    /// The prefix lengths that blocks have, longest first, for IPv4 and IPv6.
    private var lengths: [Int: [Int]] = [:]

    /// Arranges rules.
    package init(
        function: [EgressRule], account: [EgressRule] = [], limits: EgressLimits = EgressLimits(),
        services: [EgressService] = [], accountServices: [EgressService] = []
    ) throws(EgressRuleFault) {
        rules = function + account
        self.limits = limits
        self.services = Dictionary((services + accountServices).map { ($0.listen, $0) }) { own, _ in own }
        guard self.services.count <= EgressService.limit else {
            throw EgressRuleFault(rule: nil, reason: .tooManyServices(limit: EgressService.limit))
        }
        for (place, rule) in rules.enumerated() {
            let count: Int
            switch rule.host {
            case .exact(let name): count = Self.add(place, to: &exact[name.text, default: []])
            case .below(let name): count = Self.add(place, to: &below[name.text, default: []])
            case .addresses(let range):
                count = Self.add(place, to: &blocks[range, default: []])
                lengths[range.first.width, default: []].append(range.prefixLength)
            }
            guard count <= Self.limitPerHost else {
                throw EgressRuleFault(
                    rule: place, reason: .tooManyForHost("\(rule.host)", limit: Self.limitPerHost))
            }
        }
        lengths = lengths.mapValues { Set($0).sorted(by: >) }
    }

    private static func add(_ place: Int, to places: inout [Int]) -> Int {
        places.append(place)
        return places.count
    }

    /// Judges a request in plain HTTP; without a port the rule's own usual one is meant.
    package func judge(host: Host, port: Port?, method: String, path: Substring) -> Verdict {
        var nearest = Shortfall.host
        var unclear: PathError?
        var canonical: CanonicalPath?
        let found = first(for: host) { rule -> Port? in
            guard let ports = rule.ports[.http] else {
                nearest = max(nearest, .speech)
                return nil
            }
            guard let port = port ?? (rule.origination == nil ? .http : ports.standard), ports.contains(port) else {
                nearest = max(nearest, .port)
                return nil
            }
            guard rule.judgesPaths || !rule.methods.isEmpty else { return port }
            if !rule.judgesPaths {
                if rule.methods.contains(method) { return port }
                nearest = max(nearest, .method)
                return nil
            }
            do throws(PathError) {
                let known = if let canonical { canonical } else { try CanonicalPath(path) }
                canonical = known
                guard let shortfall = rule.allows(method: method, path: known) else { return port }
                nearest = max(nearest, shortfall)
            } catch {
                unclear = error
            }
            return nil
        }
        if let (rule, port) = found { return .allowed(rule, port: port) }
        if let unclear { return .unclear(unclear) }
        return .refused(nearest)
    }

    /// Judges a tunnel or a service; the rule says whether it must be TLS.
    package func judge(host: Host, port: Port, speech: EgressRule.Speech? = nil) -> Verdict {
        var nearest = Shortfall.host
        let found = first(for: host) { rule -> Port? in
            let speeches = speech.map { [$0] } ?? [.tcp, .tls]
            for speech in speeches where rule.ports[speech]?.contains(port) == true { return port }
            nearest = max(nearest, speeches.contains { rule.ports[$0] != nil } ? .port : .speech)
            return nil
        }
        return found.map { .allowed($0.0, port: $0.1) } ?? .refused(nearest)
    }

    /// Whether it has this very rule.
    func holds(_ rule: EgressRule) -> Bool {
        switch rule.host {
        case .exact(let name): (exact[name.text] ?? []).contains { rules[$0] == rule }
        case .below(let name): (below[name.text] ?? []).contains { rules[$0] == rule }
        case .addresses(let range): (blocks[range] ?? []).contains { rules[$0] == rule }
        }
    }

    private func first(for host: Host, where fits: (EgressRule) -> Port?) -> (EgressRule, Port)? {
        switch host {
        case .name(let name):
            if let found = first(exact[name.text], fits) { return found }
            guard !below.isEmpty else { return nil }
            var parent = name.parent
            while let suffix = parent {
                if let found = first(below[String(suffix)], fits) { return found }
                parent = HostName.parent(of: suffix)
            }
        case .address(let address):
            for length in lengths[address.width] ?? [] {
                let block = AddressRange(AddressRange.masked(address, to: length), length: length)
                if let found = first(blocks[block], fits) { return found }
            }
        }
        return nil
    }

    private func first(_ places: [Int]?, _ fits: (EgressRule) -> Port?) -> (EgressRule, Port)? {
        for place in places ?? [] {
            if let port = fits(rules[place]) { return (rules[place], port) }
        }
        return nil
    }
}
