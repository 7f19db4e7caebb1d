import Core

extension StateMachine {
    /// Reads a definition, which must be without errors.
    package init(
        parsing text: String, jsonata: JSONataLanguage = .absent, isExpress: Bool = false
    ) throws(InvalidDefinition) {
        let (machine, diagnostics) = Self.read(text, jsonata: jsonata, isExpress: isExpress)
        guard let machine else { throw InvalidDefinition(diagnostics: diagnostics) }
        self = machine
    }

    /// What is wrong with a definition, errors and warnings; empty where nothing is.
    package static func diagnostics(
        of text: String, jsonata: JSONataLanguage = .absent, isExpress: Bool = false
    ) -> [Diagnostic] {
        let (machine, diagnostics) = read(text, jsonata: jsonata, isExpress: isExpress)
        // What was read is JSON.
        guard machine != nil, let json = try? JSON(parsing: text, maximumDepth: LanguageLimits.definitionDepth) else {
            return diagnostics
        }
        return diagnostics + DefinitionWarnings(of: json).diagnostics
    }

    /// Reads one state that stands for itself, or a whole machine, for a test of one state.
    static func forTest(parsing text: String, jsonata: JSONataLanguage) throws(InvalidDefinition) -> StateMachine {
        let (machine, diagnostics) = read(text, jsonata: jsonata, allowingSingleState: true)
        guard let machine else { throw InvalidDefinition(diagnostics: diagnostics) }
        return machine
    }

    /// What a state that stands for itself is called.
    static let singleState = "StateName"

    private static func read(
        _ text: String, jsonata: JSONataLanguage, allowingSingleState: Bool = false, isExpress: Bool = false
    ) -> (machine: StateMachine?, diagnostics: [Diagnostic]) {
        guard text.utf8.count <= LanguageLimits.definition else {
            let message = "The definition is larger than \(LanguageLimits.definition) bytes."
            return (nil, [Diagnostic(.schema, message, at: nil)])
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: text, maximumDepth: LanguageLimits.definitionDepth)
        } catch {
            let message = "The definition is not JSON: \(error.reason) at byte \(error.offset)."
            return (nil, [Diagnostic(.invalidJSON, message, at: nil)])
        }
        let isSingle = allowingSingleState && json["Type"] != nil && json["States"] == nil
        var reader = DefinitionReader(jsonata: jsonata, isSingleState: isSingle, isExpress: isExpress)
        let whole: JSON =
            isSingle ? ["StartAt": .string(singleState), "States": .object(JSONObject([(singleState, json)]))] : json
        let machine = reader.stateMachine(whole)
        return (reader.hasErrors ? nil : machine, reader.diagnostics)
    }
}
