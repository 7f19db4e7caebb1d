import Core

/// What the result of one operation looks like, and what a mocked result does not have of it.
///
/// Step Functions writes members with a capital letter first, and words as its SDK does; anything else is unknown to the
/// operation, and unknown members are let through.
struct ResultShape: Sendable {
    let shapes: JSONObject
    let root: String
    /// Members at the top that hold anything.
    let unchecked: Set<String>

    /// What is wrong with a result, in the service's words; `nil` where it fits.
    ///
    /// The result has been parsed with a bound on its depth, which bounds the recursion.
    func flaw(in result: JSON, _ validation: StateTestMock.Validation) -> String? {
        guard validation != .none, let shape = shapes[root] else { return nil }
        return flaw(in: result, shape, at: nil, validation)
    }

    private func flaw(in value: JSON, _ shape: JSON, at field: String?, _ validation: StateTestMock.Validation)
        -> String?
    {
        if shape["document"] == true { return nil }
        guard let expected = Self.type(shape["type"]?.string ?? "") else { return nil }
        guard value.typeName == expected else {
            let article = expected.first.map { "aeiou".contains($0) } == true ? "an" : "a"
            return Self.words(field, "must be \(article) \(expected)")
        }
        switch value {
        case .object(let members):
            if shape["members"] == nil { return flaw(inValues: members, shape, at: field, validation) }
            return flaw(in: members, shape, isTop: field == nil, validation)
        case .array(let elements): return flaw(inElements: elements, shape, at: field, validation)
        case .string(let text): return flaw(in: text, shape, at: field)
        case .number(let number): return flaw(in: number.double, shape, at: field)
        case .null, .bool: return nil
        }
    }

    private func flaw(
        in members: JSONObject, _ shape: JSON, isTop: Bool, _ validation: StateTestMock.Validation
    ) -> String? {
        var known: [String: String] = [:]
        for member in shape["members"]?.object?.members ?? [] {
            known[member.key.lowercased()] = member.value.string
        }
        let present = members.members.filter { $0.key.first?.isLowercase == false }
        if validation == .strict {
            let names = Set(present.map { $0.key.lowercased() })
            for required in shape["required"]?.array?.compactMap(\.string) ?? []
            where !names.contains(required.lowercased()) {
                let name = required.prefix(1).uppercased() + required.dropFirst()
                return Self.prefix + "Required field '\(name)' is missing"
            }
        }
        for member in present where !isTop || !unchecked.contains(member.key) {
            guard let name = known[member.key.lowercased()], let inner = shapes[name] else { continue }
            if let flaw = flaw(in: member.value, inner, at: member.key, validation) { return flaw }
        }
        return nil
    }

    private func flaw(
        inValues members: JSONObject, _ shape: JSON, at field: String?, _ validation: StateTestMock.Validation
    ) -> String? {
        guard let inner = shape["value"]?.string.flatMap({ shapes[$0] }) else { return nil }
        for member in members.members {
            if let flaw = flaw(in: member.value, inner, at: member.key, validation) { return flaw }
        }
        return flaw(inLength: members.count, shape, at: field)
    }

    private func flaw(
        inElements elements: [JSON], _ shape: JSON, at field: String?, _ validation: StateTestMock.Validation
    ) -> String? {
        guard let inner = shape["member"]?.string.flatMap({ shapes[$0] }) else { return nil }
        for element in elements {
            if let flaw = flaw(in: element, inner, at: field ?? "", validation) { return flaw }
        }
        return flaw(inLength: elements.count, shape, at: field)
    }

    private func flaw(in text: String, _ shape: JSON, at field: String?) -> String? {
        if let values = shape["enum"]?.array, !values.contains(.string(text)) {
            return Self.words(field, "is not an expected value")
        }
        // Times are texts here, whose length says nothing.
        guard shape["type"] != "timestamp" else { return nil }
        return flaw(inLength: text.unicodeScalars.count, shape, at: field)
    }

    private func flaw(inLength length: Int, _ shape: JSON, at field: String?) -> String? {
        if let least = shape["min"]?.double, Double(length) < least {
            return Self.words(field, "is smaller than the minimum length")
        }
        if let most = shape["max"]?.double, Double(length) > most {
            return Self.words(field, "exceeds the maximum length")
        }
        return nil
    }

    private func flaw(in number: Double, _ shape: JSON, at field: String?) -> String? {
        if let least = shape["min"]?.double, number < least {
            return Self.words(field, "is less than the minimum value")
        }
        if let most = shape["max"]?.double, number > most { return Self.words(field, "exceeds the maximum value") }
        return nil
    }

    /// What a value of one of the model's types is in JSON.
    private static func type(_ type: String) -> String? {
        switch type {
        case "structure", "map": "object"
        case "list": "array"
        case "string", "blob", "timestamp", "character": "string"
        case "integer", "long", "short", "byte", "float", "double", "bigdecimal": "number"
        case "boolean": "boolean"
        default: nil
        }
    }

    private static let prefix = "Mock result schema validation error: "

    private static func words(_ field: String?, _ words: String) -> String {
        guard let field, !field.isEmpty else { return prefix + "The result " + words }
        return prefix + "Field '\(field)' " + words
    }
}
