import Core

extension Statement {
    private static let names: Set<String> = [
        "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition",
    ]

    /// Compiles a statement, or says what of it is wrong.
    convenience init(_ element: Element, use: Policy.Use, version: Policy.Version) throws(PolicyFlaw) {
        let members = try element.members(of: Self.names)
        let place = element.place
        let (actions, exceptsActions) = try Self.actions(members, place)
        let (resources, exceptsResources) = try Self.resources(members, place, use, version)
        self.init(
            sid: try Self.sid(members["Sid"], use, place + ".Sid"),
            effect: try Self.effect(members["Effect"], place),
            actions: actions, exceptsActions: exceptsActions,
            resources: resources, exceptsResources: exceptsResources,
            principals: try Self.principals(members, place, use),
            conditions: try members["Condition"].map { value throws(PolicyFlaw) in
                try Condition.all(Element(value, place + ".Condition"), version)
            } ?? [])
    }

    private static func actions(_ members: JSONObject, _ place: String) throws(PolicyFlaw) -> ([ActionPattern], Bool) {
        let (element, excepts) = try either("Action", "NotAction", of: members, place)
        let patterns = try element.list().map { entry throws(PolicyFlaw) in
            let text = try entry.text()
            guard let pattern = ActionPattern(text) else { throw PolicyFlaw(.badAction(text), at: entry.place) }
            return pattern
        }
        return (patterns, excepts)
    }

    private static func resources(
        _ members: JSONObject, _ place: String, _ use: Policy.Use, _ version: Policy.Version
    ) throws(PolicyFlaw) -> ([TextPattern], Bool) {
        guard use != .trust else {
            try refuse(["Resource", "NotResource"], of: members, place)
            return ([], false)
        }
        let (element, excepts) = try either("Resource", "NotResource", of: members, place)
        let patterns = try element.list().map { entry throws(PolicyFlaw) in try resource(entry, version) }
        return (patterns, excepts)
    }

    private static func principals(
        _ members: JSONObject, _ place: String, _ use: Policy.Use
    ) throws(PolicyFlaw) -> PrincipalList? {
        guard use != .identity else {
            try refuse(["Principal", "NotPrincipal"], of: members, place)
            return nil
        }
        let (element, excepts) = try either("Principal", "NotPrincipal", of: members, place)
        return try PrincipalList(element, excepts: excepts)
    }

    private static func sid(_ value: JSON?, _ use: Policy.Use, _ place: String) throws(PolicyFlaw) -> String? {
        guard let value else { return nil }
        let text = try Element(value, place).text()
        let extra = use == .resource ? "-_ ." : ""
        let isAllowed = text.utf8.allSatisfy {
            Bytes.lowered($0) &- 0x61 < 26 || $0 &- 0x30 < 10 || extra.utf8.contains($0)
        }
        guard isAllowed else { throw PolicyFlaw(.badSid(text), at: place) }
        return text.isEmpty ? nil : text
    }

    private static func effect(_ value: JSON?, _ place: String) throws(PolicyFlaw) -> Effect {
        guard let value else { throw PolicyFlaw(.missing("Effect"), at: place) }
        let text = try Element(value, place + ".Effect").text()
        guard let effect = Effect(rawValue: text) else { throw PolicyFlaw(.badEffect(text), at: place + ".Effect") }
        return effect
    }

    /// Exactly one of an element and its negation.
    private static func either(
        _ name: String, _ negation: String, of members: JSONObject, _ place: String
    ) throws(PolicyFlaw) -> (Element, isNegation: Bool) {
        switch (members[name], members[negation]) {
        case (let value?, nil): return (Element(value, place + "." + name), false)
        case (nil, let value?): return (Element(value, place + "." + negation), true)
        case (nil, nil): throw PolicyFlaw(.missing("\(name) or \(negation)"), at: place)
        case (.some, .some): throw PolicyFlaw(.both(name, negation), at: place)
        }
    }

    private static func refuse(_ names: [String], of members: JSONObject, _ place: String) throws(PolicyFlaw) {
        for name in names where members[name] != nil { throw PolicyFlaw(.notWanted(name), at: place) }
    }

    private static func resource(_ entry: Element, _ version: Policy.Version) throws(PolicyFlaw) -> TextPattern {
        let text = try entry.text()
        do {
            return try TextPattern(resource: text, version: version)
        } catch {
            switch error {
            case .notAnARN: throw PolicyFlaw(.badResource(text), at: entry.place)
            case .badVariable(let variable): throw PolicyFlaw(.badVariable(variable), at: entry.place)
            case .variableBeforeFifthColon: throw PolicyFlaw(.variableBeforeFifthColon(text), at: entry.place)
            }
        }
    }
}

extension PrincipalList {
    /// Compiles `"*"`, or lists of principals by type.
    fileprivate init(_ element: Element, excepts: Bool) throws(PolicyFlaw) {
        self.excepts = excepts
        if let text = element.value.string {
            guard text.utf8.elementsEqual("*".utf8) else { throw PolicyFlaw(.badPrincipal(text), at: element.place) }
            patterns = [.everyone]
            return
        }
        let members = try element.object()
        guard !members.isEmpty else { throw PolicyFlaw(.empty, at: element.place) }
        var patterns: [PrincipalPattern] = []
        for member in members.members {
            for entry in try Element(member.value, element.place + "." + member.key).list() {
                let text = try entry.text()
                guard let pattern = try Self.pattern(text, type: member.key, element.place) else {
                    throw PolicyFlaw(.badPrincipal(text), at: entry.place)
                }
                patterns.append(pattern)
            }
        }
        self.patterns = patterns
    }

    private static func pattern(
        _ text: String, type: String, _ place: String
    ) throws(PolicyFlaw) -> PrincipalPattern? {
        let isName =
            (1...2048).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "?") }
        switch type {
        case "AWS": return PrincipalPattern(aws: text)
        case "Service": return isName ? .service(text) : nil
        case "Federated": return isName ? .federated(text) : nil
        case "CanonicalUser": return isName ? .canonicalUser(text) : nil
        default: throw PolicyFlaw(.unknownPrincipalType(type), at: place)
        }
    }
}

extension Condition {
    /// Compiles the conditions of a statement.
    fileprivate static func all(_ element: Element, _ version: Policy.Version) throws(PolicyFlaw) -> [Condition] {
        var conditions: [Condition] = []
        for test in try element.object().members {
            guard let comparison = ConditionOperator(test.key) else {
                throw PolicyFlaw(.unknownOperator(test.key), at: element.place)
            }
            let place = element.place + "." + test.key
            for member in try Element(test.value, place).object().members {
                guard let key = ContextKey(member.key) else { throw PolicyFlaw(.badKey(member.key), at: place) }
                let entries = try Element(member.value, place + "." + member.key).list(mayBeEmpty: true)
                let texts = try entries.map { entry throws(PolicyFlaw) in try entry.scalar() }
                do {
                    conditions.append(try Condition(comparison, key: key, values: texts, version: version))
                } catch {
                    let entry = entries[error.place].place
                    switch error.fault {
                    case .notOfKind:
                        throw PolicyFlaw(.badValue(texts[error.place], operator: test.key), at: entry)
                    case .badVariable(let variable): throw PolicyFlaw(.badVariable(variable), at: entry)
                    }
                }
            }
        }
        return conditions
    }
}
