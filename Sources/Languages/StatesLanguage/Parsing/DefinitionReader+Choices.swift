import Core

extension DefinitionReader {
    /// The rules of a choice.
    mutating func choiceBody(_ members: JSONObject, _ language: QueryLanguage, at place: Place) -> ChoiceBody? {
        let defaultState = string(members, "Default", at: place)
        guard required(members, "Choices", at: place) != nil,
            let elements = filledArray(members, "Choices", at: place)
        else { return nil }
        let rules = elements.enumerated().compactMap { index, element -> ChoiceRule? in
            let rulePlace = place.member("Choices").element(index)
            guard let rule = object(element, at: rulePlace) else { return nil }
            return self.rule(rule, language, at: rulePlace)
        }
        return ChoiceBody(rules: rules, defaultState: defaultState)
    }

    private mutating func rule(_ members: JSONObject, _ language: QueryLanguage, at place: Place) -> ChoiceRule? {
        let next = requiredString(members, "Next", at: place)
        let assign = assignment(members, language, at: place)
        let condition: Condition?
        let output: Template?
        switch language {
        case .jsonata:
            refuseOthers(members, ["Comment", "Condition", "Next", "Assign", "Output"], at: place)
            condition = jsonataCondition(members, at: place)
            output = template(members, "Output", language, at: place)
        case .jsonPath:
            condition = self.condition(members, besides: ["Comment", "Next", "Assign"], at: place, depth: 0)
            output = nil
        }
        guard let condition, let next else { return nil }
        return ChoiceRule(condition: condition, next: next, assign: assign, output: output)
    }

    private mutating func jsonataCondition(_ members: JSONObject, at place: Place) -> Condition? {
        guard let value = required(members, "Condition", at: place) else { return nil }
        if let flag = value.bool { return .fixed(flag) }
        guard let text = string(members, "Condition", at: place) else { return nil }
        guard JSONataSnippet.content(of: text) != nil else {
            note(.schema, "Expected value of type Boolean or a JSONata expression", at: place.member("Condition"))
            return nil
        }
        return snippet(text, at: place.member("Condition")).map(Condition.expression)
    }

    private mutating func condition(
        _ members: JSONObject, besides: Set<String>, at place: Place, depth: Int
    ) -> Condition? {
        guard depth <= LanguageLimits.conditionDepth else {
            note(.schema, "Conditions nest deeper than \(LanguageLimits.conditionDepth)", at: place)
            return nil
        }
        let keys = members.members.map(\.key).filter { !besides.contains($0) && $0 != "Variable" }
        guard keys.count == 1, let key = keys.first, let value = members[key] else {
            note(.schema, "A rule has exactly one comparison, and this one has \(keys.count)", at: place)
            return nil
        }
        let keyPlace = place.member(key)
        switch key {
        case "And", "Or":
            guard let elements = filledArray(members, key, at: place) else { return nil }
            let parts = elements.enumerated().compactMap { index, element -> Condition? in
                let partPlace = keyPlace.element(index)
                guard let part = object(element, at: partPlace) else { return nil }
                return condition(part, besides: ["Comment"], at: partPlace, depth: depth + 1)
            }
            return key == "And" ? .and(parts) : .or(parts)
        case "Not":
            guard let part = object(value, at: keyPlace) else { return nil }
            return condition(part, besides: ["Comment"], at: keyPlace, depth: depth + 1).map(Condition.not)
        default:
            guard required(members, "Variable", at: place) != nil, let variable = path(members, "Variable", at: place)
            else { return nil }
            return comparison(key, value, members, at: place).map { .comparison(variable: variable, $0) }
        }
    }

    private mutating func comparison(
        _ key: String, _ value: JSON, _ members: JSONObject, at place: Place
    ) -> Comparison? {
        if key == "StringMatches" { return string(members, key, at: place).map { .matches(Comparison.pieces(of: $0)) } }
        if key.hasPrefix("Is") { return test(key, value, at: place) }
        let isPath = key.hasSuffix("Path")
        let name = isPath ? String(key.dropLast(4)) : key
        for type in ["String", "Numeric", "Timestamp", "Boolean"] where name.hasPrefix(type) {
            guard let order = Comparison.Order(rawValue: String(name.dropFirst(type.count))),
                type != "Boolean" || order == .equals
            else { break }
            let found = isPath ? path(members, key, at: place) : nil
            if isPath, found == nil { return nil }
            let comparison = Self.comparison(type, order, found, value)
            if comparison == nil { note(.schema, "Value is not of the type that is compared", at: place.member(key)) }
            return comparison
        }
        note(.schema, "Field '\(key)' is not supported", at: place)
        return nil
    }

    private static func comparison(
        _ type: String, _ order: Comparison.Order, _ path: PathExpression?, _ value: JSON
    ) -> Comparison? {
        switch type {
        case "String": operand(path, value.string).map { .string(order, $0) }
        case "Numeric": operand(path, value.double).map { .numeric(order, $0) }
        case "Timestamp": operand(path, value.timestamp).map { .timestamp(order, $0) }
        default: operand(path, value.bool).map(Comparison.boolean)
        }
    }

    private static func operand<Value>(_ path: PathExpression?, _ value: Value?) -> Comparison.Operand<Value>? {
        path.map(Comparison.Operand.path) ?? value.map(Comparison.Operand.fixed)
    }

    private mutating func test(_ key: String, _ value: JSON, at place: Place) -> Comparison? {
        guard let expected = value.bool else {
            note(.schema, "Expected value of type Boolean", at: place.member(key))
            return nil
        }
        switch key {
        case "IsNull": return .isNull(expected)
        case "IsPresent": return .isPresent(expected)
        case "IsNumeric": return .isNumeric(expected)
        case "IsString": return .isString(expected)
        case "IsBoolean": return .isBoolean(expected)
        case "IsTimestamp": return .isTimestamp(expected)
        default:
            note(.schema, "Field '\(key)' is not supported", at: place)
            return nil
        }
    }
}
