import Core

/// A plain TCP service that functions reach by connecting to a port of their own sandbox's loopback.
///
/// It says where a port leads, and allows nothing: that is for a rule that lets `tcp` be spoken to the target.
package struct EgressService: Hashable, Sendable {
    /// Services of one function or one account, and of both together.
    package static let limit = 16
    /// Where the sandbox's own doors are.
    private static let taken: Set<UInt16> = [9001, 9002]

    /// What the operator calls it; in errors.
    package let name: String
    /// The port of the sandbox's loopback.
    package let listen: Port
    package let host: Host
    package let port: Port

    /// Takes a name, a port inside that needs no rights and is not taken, and `host:port` outside.
    package init(name: String, listen: Port, target: String) throws(EgressRuleError) {
        guard listen.number >= 1024, !Self.taken.contains(listen.number) else { throw .badServicePort("\(listen)") }
        self.name = name
        self.listen = listen
        do throws(TargetError) {
            let target = try RequestTarget(authority: target)
            guard let port = target.port else { throw .noPort }
            host = target.host
            self.port = port
        } catch {
            throw .badTarget(target)
        }
    }

    /// Parses an array of objects with `listen`, `target` and maybe `name`.
    package static func list(parsing json: JSON) throws(EgressRuleFault) -> [EgressService] {
        guard let elements = json.array else { throw EgressRuleFault(rule: nil, reason: .servicesNotAnArray) }
        guard elements.count <= limit else { throw EgressRuleFault(rule: nil, reason: .tooManyServices(limit: limit)) }
        var services: [EgressService] = []
        for (place, element) in elements.enumerated() {
            do throws(EgressRuleError) {
                let service = try EgressService(element)
                guard !services.contains(where: { $0.listen == service.listen }) else {
                    throw .servicePortTwice(service.listen)
                }
                services.append(service)
            } catch {
                throw EgressRuleFault(rule: place, reason: error)
            }
        }
        return services
    }

    private init(_ json: JSON) throws(EgressRuleError) {
        guard let object = json.object else { throw .notAnObject }
        for member in object.members where !["name", "listen", "target"].contains(member.key) {
            throw .unknown(member: member.key)
        }
        guard let target = object["target"] else { throw .missing(member: "target") }
        guard let target = target.string else { throw .wrongType(member: "target", expected: "HOST:PORT") }
        guard let listen = object["listen"] else { throw .missing(member: "listen") }
        guard let number = listen.integer, let port = Port(number) else { throw .badServicePort(listen.text) }
        let name = object["name"].map { $0.string ?? "" } ?? target
        guard (1...256).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .wrongType(member: "name", expected: "a text of 1 to 256 bytes")
        }
        try self.init(name: name, listen: port, target: target)
    }
}
