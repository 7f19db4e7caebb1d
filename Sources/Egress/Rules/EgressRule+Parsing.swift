import Core

/// Reads rules as operators write them; every member is known, and every mistake has its own error.
extension EgressRule {
    /// Rules of one function or one account.
    package static let limit = 20_000

    /// Parses a JSON array of rules.
    package static func list(parsing text: String) throws(EgressRuleFault) -> [EgressRule] {
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: text) } catch {
            throw EgressRuleFault(rule: nil, reason: .notJSON(error))
        }
        guard let elements = json.array else { throw EgressRuleFault(rule: nil, reason: .notAnArray) }
        guard elements.count <= limit else { throw EgressRuleFault(rule: nil, reason: .tooManyRules(limit: limit)) }
        var rules: [EgressRule] = []
        for (place, element) in elements.enumerated() {
            do throws(EgressRuleError) { rules.append(try EgressRule(element)) } catch {
                throw EgressRuleFault(rule: place, reason: error)
            }
        }
        return rules
    }

    /// Parses one rule.
    package convenience init(_ json: JSON) throws(EgressRuleError) {
        let reader = try RuleReader(json)
        let host = try HostPattern(try reader.required("host"))
        let name = try reader.text("name") ?? "\(host)"
        let methods = try reader.methods()
        let paths = try reader.texts("paths").map { text throws(EgressRuleError) in try PathPattern(text) }
        let addresses = try reader.texts("addresses").map { text throws(EgressRuleError) in
            guard let range = AddressRange(text) else { throw .badAddress(text) }
            return range
        }
        let origination = try reader.origination()
        let speeches = try reader.speeches(onlyHTTP: origination != nil || !methods.isEmpty || !paths.isEmpty)
        if origination != nil {
            guard speeches == [.http] else { throw .originationNeedsHTTP }
            if let range = host.range, !range.isSingle { throw .originationToBlock }
        }
        for speech in speeches where speech != .http {
            if !methods.isEmpty { throw .unseen(member: "methods", in: speech) }
            if !paths.isEmpty { throw .unseen(member: "paths", in: speech) }
        }
        self.init(
            name: name, host: host, ports: try reader.ports(speeches, originates: origination != nil),
            methods: methods, paths: paths, addresses: addresses, origination: origination)
    }
}

/// Takes the members of one rule.
private struct RuleReader {
    private static let members: Set<String> = [
        "name", "host", "ports", "speak", "methods", "paths", "addresses", "tls", "headers", "query", "body",
    ]
    /// What the proxy itself says, and what could make two requests of one.
    private static let reservedHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "via", "expect",
        "proxy-authorization", "proxy-connection", "keep-alive",
    ]

    private let object: JSONObject

    init(_ json: JSON) throws(EgressRuleError) {
        guard let object = json.object else { throw .notAnObject }
        for member in object.members where !Self.members.contains(member.key) { throw .unknown(member: member.key) }
        self.object = object
    }

    func text(_ member: String) throws(EgressRuleError) -> String? {
        guard let value = object[member] else { return nil }
        guard let text = value.string, !text.isEmpty, text.utf8.count <= 256,
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw .wrongType(member: member, expected: "a text of 1 to 256 bytes") }
        return text
    }

    func required(_ member: String) throws(EgressRuleError) -> String {
        guard let text = try text(member) else { throw .missing(member: member) }
        return text
    }

    func texts(_ member: String) throws(EgressRuleError) -> [String] {
        guard let value = object[member] else { return [] }
        guard let elements = value.array, (1...64).contains(elements.count) else {
            throw .wrongType(member: member, expected: "an array of 1 to 64 texts")
        }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string else {
                throw .wrongType(member: member, expected: "an array of 1 to 64 texts")
            }
            texts.append(text)
        }
        return texts
    }

    func methods() throws(EgressRuleError) -> Set<String> {
        let methods = try texts("methods")
        for method in methods {
            guard !method.isEmpty, method.utf8.count <= 32, method.utf8.allSatisfy(HTTPCharacter.isToken),
                !["CONNECT", "TRACE"].contains(method.uppercased())
            else { throw .badMethod(method) }
        }
        return Set(methods)
    }

    func speeches(onlyHTTP: Bool) throws(EgressRuleError) -> Set<EgressRule.Speech> {
        let texts = try texts("speak")
        guard !texts.isEmpty else { return onlyHTTP ? [.http] : [.http, .tls] }
        var speeches: Set<EgressRule.Speech> = []
        for text in texts {
            guard let speech = EgressRule.Speech(rawValue: text) else { throw .unknownSpeech(text) }
            speeches.insert(speech)
        }
        return speeches
    }

    func ports(
        _ speeches: Set<EgressRule.Speech>, originates: Bool
    ) throws(EgressRuleError) -> [EgressRule.Speech: PortSet] {
        var ranges: [ClosedRange<Port>] = []
        if let value = object["ports"] {
            guard let elements = value.array, (1...64).contains(elements.count) else {
                throw .wrongType(member: "ports", expected: "an array of 1 to 64 ports or ranges")
            }
            for element in elements {
                guard let range = PortSet.range(element.integer.map { String($0) } ?? element.string ?? "") else {
                    throw .badPort(element.text)
                }
                ranges.append(range)
            }
        }
        var ports: [EgressRule.Speech: PortSet] = [:]
        for speech in speeches {
            switch speech {
            case _ where !ranges.isEmpty: ports[speech] = PortSet(ranges)
            case .http: ports[speech] = PortSet(originates ? .https : .http)
            case .tls: ports[speech] = PortSet(.https)
            case .tcp: throw .needsPorts(.tcp)
            }
        }
        return ports
    }

    func origination() throws(EgressRuleError) -> EgressRule.Origination? {
        switch try text("tls") {
        case nil:
            for member in ["headers", "query", "body"] where object[member] != nil {
                throw .needsOrigination(member: member)
            }
            return nil
        case "originate":
            return EgressRule.Origination(
                headers: try headers(), query: try fields("query", object["query"]), body: try body())
        case let text?: throw .unknownTLS(text)
        }
    }

    private func headers() throws(EgressRuleError) -> [HeaderTemplate] {
        var headers: [HeaderTemplate] = []
        for field in try fields("headers", object["headers"]) {
            let name = field.name.lowercased()
            guard name.utf8.allSatisfy(HTTPCharacter.isToken) else { throw .badHeaderName(field.name) }
            guard !Self.reservedHeaders.contains(name), !headers.contains(where: { $0.name == name }) else {
                throw .reservedHeader(field.name)
            }
            headers.append(HeaderTemplate(name: name, value: field.value))
        }
        return headers
    }

    private func fields(_ member: String, _ value: JSON?) throws(EgressRuleError) -> [FieldTemplate] {
        guard let value else { return [] }
        guard let object = value.object, (1...32).contains(object.count) else {
            throw .wrongType(member: member, expected: "an object of 1 to 32 texts")
        }
        var fields: [FieldTemplate] = []
        for field in object.members {
            guard let text = field.value.string, !field.key.isEmpty, text.utf8.count <= 4096 else {
                throw .wrongType(member: member, expected: "an object of 1 to 32 texts")
            }
            fields.append(FieldTemplate(name: field.key, value: try SecretTemplate(text)))
        }
        return fields
    }

    private func body() throws(EgressRuleError) -> BodyTemplate? {
        guard let value = object["body"] else { return nil }
        guard let body = value.object, body.count == 2, let type = body["type"]?.string,
            let form = BodyTemplate.Form(rawValue: type), let inner = body["fields"]
        else { throw .wrongType(member: "body", expected: "an object of type (a form or JSON) and fields") }
        return BodyTemplate(form: form, fields: try fields("body", inner))
    }
}
