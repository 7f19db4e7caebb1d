import Core

extension StateMachine {
    /// Reads a definition, which must be without errors.
    package init(
        parsing text: String, jsonata: JSONataLanguage = .absent
    ) throws(InvalidDefinition) {
        let (machine, diagnostics) = Self.read(text, jsonata: jsonata)
        guard let machine else { throw InvalidDefinition(diagnostics: diagnostics) }
        self = machine
    }

    /// What is wrong with a definition, errors and warnings; empty where nothing is.
    package static func diagnostics(of text: String, jsonata: JSONataLanguage = .absent) -> [Diagnostic] {
        read(text, jsonata: jsonata).diagnostics
    }

    private static func read(
        _ text: String, jsonata: JSONataLanguage
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
        var reader = DefinitionReader(jsonata: jsonata)
        let machine = reader.stateMachine(json)
        return (reader.hasErrors ? nil : machine, reader.diagnostics)
    }
}
