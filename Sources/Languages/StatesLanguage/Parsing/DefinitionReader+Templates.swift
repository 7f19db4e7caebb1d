import Core
import JSONPath

extension DefinitionReader {
    /// A template in a member, if it is there.
    mutating func template(
        _ members: JSONObject, _ key: String, _ language: QueryLanguage, at place: Place
    ) -> Template? {
        guard let value = members[key] else { return nil }
        return template(value, language, at: place.member(key))
    }

    /// A template of either language.
    mutating func template(_ value: JSON, _ language: QueryLanguage, at place: Place) -> Template {
        switch value {
        case .object(let members):
            let read = members.members.map { member in
                self.member(member.key, member.value, language, at: place)
            }
            return Self.isLiteral(read.map(\.value)) ? .literal(Self.object(read)) : .object(read)
        case .array(let elements):
            let read = elements.enumerated().map { index, element in
                template(element, language, at: place.element(index))
            }
            return Self.isLiteral(read) ? .literal(value) : .array(read)
        case .string(let text) where language == .jsonata:
            return snippet(text, at: place).map(Template.jsonata) ?? .literal(value)
        case .null, .bool, .number, .string: return .literal(value)
        }
    }

    private mutating func member(
        _ key: String, _ value: JSON, _ language: QueryLanguage, at place: Place
    ) -> Template.Member {
        guard language == .jsonPath, key.hasSuffix(".$") else {
            return Template.Member(key: key, value: template(value, language, at: place.member(key)))
        }
        let name = String(key.dropLast(2))
        guard let text = value.string, let path = PathExpression(text) else {
            let message = "The value for the field '\(key)' must be a valid JSONPath or a valid intrinsic function call"
            note(.schema, message, at: place)
            return Template.Member(key: name, value: .literal(.null))
        }
        return Template.Member(key: name, value: .path(path, field: key))
    }

    private static func isLiteral(_ templates: [Template]) -> Bool {
        templates.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    private static func object(_ members: [Template.Member]) -> JSON {
        .object(
            JSONObject(
                members.compactMap { member in
                    if case .literal(let value) = member.value { (member.key, value) } else { nil }
                }))
    }

    /// The expression in a string, if it is one.
    mutating func snippet(_ text: String, at place: Place) -> JSONataSnippet? {
        guard let content = JSONataSnippet.content(of: text) else { return nil }
        do throws(JSONataFailure) {
            let compiled = try jsonata.compile(content)
            for reference in compiled.inputReferences {
                let message = "Reference to '\(reference)' at the top level is not supported."
                note(.unsupportedExpression, message, at: place)
            }
            return JSONataSnippet(text: content, field: place.field, evaluate: compiled.evaluate)
        } catch {
            note(.invalidExpression, error.message, at: place)
            return nil
        }
    }

    /// A path in a member, if it is there; calls only where they may stand.
    mutating func path(
        _ members: JSONObject, _ key: String, allowingCalls: Bool = false, at place: Place
    ) -> PathExpression? {
        guard let text = string(members, key, at: place) else { return nil }
        guard let path = PathExpression(text, allowingCalls: allowingCalls) else {
            note(.schema, "Value is not a valid JSONPath", at: place.member(key))
            return nil
        }
        return path
    }

    /// `InputPath` or `OutputPath`.
    mutating func dataPath(_ members: JSONObject, _ key: String, at place: Place) -> DataPath {
        guard let value = members[key] else { return .whole }
        if value.isNull { return .nothing }
        if value == "$" { return .whole }
        return path(members, key, at: place).map(DataPath.path) ?? .whole
    }

    /// `ResultPath`.
    mutating func resultPath(_ members: JSONObject, at place: Place) -> ResultPath {
        guard let value = members["ResultPath"] else { return .whole }
        if value.isNull { return .nowhere }
        guard let text = string(members, "ResultPath", at: place) else { return .whole }
        // What is wrong with a path is told in one sentence.
        guard let path = try? JSONPath(parsing: text, dialect: .stepFunctions), let reference = ReferencePath(path)
        else {
            note(.schema, "Value is not a Reference Path", at: place.member("ResultPath"))
            return .whole
        }
        return reference.steps.isEmpty ? .whole : .place(reference)
    }

    /// A whole number that is fixed, found by the path in another member, or an expression.
    mutating func integerSetting(
        _ members: JSONObject, _ key: String, _ range: ClosedRange<Int>, _ language: QueryLanguage, at place: Place
    ) -> Setting<Int>? {
        if let setting: Setting<Int> = dynamic(members, key, language, at: place) { return setting }
        return integer(members, key, range, at: place).map(Setting.fixed)
    }

    /// The same for any number.
    mutating func numberSetting(
        _ members: JSONObject, _ key: String, _ range: ClosedRange<Double>, _ language: QueryLanguage, at place: Place
    ) -> Setting<Double>? {
        if let setting: Setting<Double> = dynamic(members, key, language, at: place) { return setting }
        return number(members, key, range, at: place).map(Setting.fixed)
    }

    /// The same for a text; a path may be a call.
    mutating func stringSetting(
        _ members: JSONObject, _ key: String, _ language: QueryLanguage, at place: Place
    ) -> Setting<String>? {
        if let setting: Setting<String> = dynamic(members, key, language, allowingCalls: true, at: place) {
            return setting
        }
        return string(members, key, at: place).map(Setting.fixed)
    }

    /// What a setting is where it is not fixed.
    mutating func dynamic<Value>(
        _ members: JSONObject, _ key: String, _ language: QueryLanguage, allowingCalls: Bool = false, at place: Place
    ) -> Setting<Value>? {
        switch language {
        case .jsonPath:
            exactlyOne(members, of: [key, key + "Path"], at: place, isRequired: false)
            return path(members, key + "Path", allowingCalls: allowingCalls, at: place).map(Setting.path)
        case .jsonata:
            guard let text = members[key]?.string else { return nil }
            return snippet(text, at: place.member(key)).map(Setting.expression)
        }
    }
}
