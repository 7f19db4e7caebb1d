import Core

/// Makes of an event what a target gets: values out of it, put into a template.
///
/// A variable that stands inside a text of the template becomes text there, escaped, so that no value can end the text
/// early; anywhere else it becomes a JSON value.
/// Source: EventBridge user guide, "Amazon EventBridge input transformation".
package struct InputTransformer: Hashable, Sendable, Codable {
    package static let variableLimit = 100
    package static let templateLimit = 8192
    /// Bytes of what comes out.
    static let outputLimit = 1 << 20

    /// Why a transformer is none; `outcome` is why one did not give anything for an event.
    package enum Flaw: Error, Hashable, Sendable {
        case tooManyVariables(limit: Int)
        case badName(String)
        case badPath(String)
        case badTemplateLength(limit: Int)
        case unknownVariable(String)
        case notJSON(byte: Int)
        case outputTooLarge(limit: Int)
    }

    /// What is known beside the event.
    struct Surroundings {
        let ruleARN: String
        let ruleName: String
        let ingested: Instant
    }

    /// The paths by the names of the variables.
    package let paths: [String: EventPath]
    package let template: String

    /// Checks the variables, and that the template is JSON once they are in it.
    package init(paths: [String: String], template: String) throws(Flaw) {
        guard paths.count <= Self.variableLimit else { throw .tooManyVariables(limit: Self.variableLimit) }
        guard (1...Self.templateLimit).contains(template.utf8.count) else {
            throw .badTemplateLength(limit: Self.templateLimit)
        }
        var parsed: [String: EventPath] = [:]
        for (name, text) in paths {
            let isName = !name.isEmpty && name.utf8.count <= 256 && name.utf8.allSatisfy(TemplatePiece.isNameByte)
            guard isName, !name.lowercased().hasPrefix("aws") else { throw .badName(name) }
            guard let path = EventPath(text) else { throw .badPath(text) }
            parsed[name] = path
        }
        self.paths = parsed
        self.template = template
        for case .variable(let name, _) in TemplatePiece.pieces(of: template) {
            guard parsed[name] != nil || Self.predefined.contains(name) else { throw .unknownVariable(name) }
        }
        _ = try finished(try filled { _ in .null })
    }

    /// What the target gets for an event, compact.
    func output(for event: JSON, _ surroundings: Surroundings) throws(Flaw) -> [UInt8] {
        try finished(
            try filled { name in
                if let path = paths[name] { return path.value(in: event) ?? "" }
                return Self.value(of: name, event, surroundings)
            })
    }

    private static let predefined: Set<String> = [
        "aws.events.rule-arn", "aws.events.rule-name", "aws.events.event", "aws.events.event.json",
        "aws.events.event.ingestion-time",
    ]

    private static func value(of name: String, _ event: JSON, _ surroundings: Surroundings) -> JSON {
        switch name {
        case "aws.events.rule-arn": return .string(surroundings.ruleARN)
        case "aws.events.rule-name": return .string(surroundings.ruleName)
        case "aws.events.event.ingestion-time": return .string(surroundings.ingested.iso8601)
        case "aws.events.event":
            var members = event.object ?? JSONObject()
            members["detail"] = nil
            return .object(members)
        default: return event
        }
    }

    private func filled(_ value: (String) -> JSON) throws(Flaw) -> [UInt8] {
        var output: [UInt8] = []
        for piece in TemplatePiece.pieces(of: template) {
            switch piece {
            case .text(let text): output += text.utf8
            case .variable(let name, let isInText):
                let value = value(name)
                if isInText { Self.writeInText(value, to: &output) } else { value.write(to: &output) }
            }
            guard output.count <= Self.outputLimit else { throw .outputTooLarge(limit: Self.outputLimit) }
        }
        return output
    }

    /// Inside a text a string stands as it is, and anything larger without its quotation marks.
    private static func writeInText(_ value: JSON, to output: inout [UInt8]) {
        let text =
            switch value {
            case .null: ""
            case .string(let text): text
            case .array, .object: value.text.replacing("\"", with: "")
            default: value.text
            }
        var quoted: [UInt8] = []
        JSON.write(text, to: &quoted)
        output += quoted.dropFirst().dropLast()
    }

    /// One JSON value, made compact; or several lines of which each is one, as they are.
    private func finished(_ bytes: [UInt8]) throws(Flaw) -> [UInt8] {
        do throws(JSONError) { return try JSON(parsing: bytes).serialized } catch {
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            guard lines.count > 1, lines.allSatisfy({ (try? JSON(parsing: Array($0))) != nil }) else {
                throw .notJSON(byte: error.offset)
            }
            return bytes
        }
    }
}
