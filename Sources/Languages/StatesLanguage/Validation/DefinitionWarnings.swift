import Core

/// What looks wrong in a definition without errors: texts that look like paths where nothing looks for a path.
///
/// Source: Step Functions API reference, "ValidateStateMachineDefinitionDiagnostic", the list of warning codes.
struct DefinitionWarnings {
    private static let limit = 100
    private static let templates = [
        "Parameters", "ResultSelector", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter", "Credentials",
    ]

    private(set) var diagnostics: [Diagnostic] = []

    /// Looks at a machine that was read without errors.
    init(of machine: JSON) { if !Self.isJSONata(machine) { look(at: machine, .root) } }

    private static func isJSONata(_ json: JSON) -> Bool { json["QueryLanguage"] == "JSONata" }

    private mutating func look(at flow: JSON, _ place: Place) {
        for (name, state) in Self.members(flow["States"]) {
            let place = place.member("States").state(name)
            if !Self.isJSONata(state) { look(atState: state, place) }
            for (index, branch) in (state["Branches"]?.array ?? []).enumerated() {
                look(at: branch, place.member("Branches").element(index))
            }
            for field in ["ItemProcessor", "Iterator"] {
                if let inner = state[field] { look(at: inner, place.member(field)) }
            }
        }
    }

    private mutating func look(atState state: JSON, _ place: Place) {
        for field in Self.templates {
            if let template = state[field] { look(atTemplate: template, place.member(field)) }
        }
        if state["Type"] == "Pass", let result = state["Result"] { look(atResult: result, place.member("Result")) }
        for field in ["Error", "Cause", "Timestamp"] where Self.isPath(state[field]) {
            add(.noPath, "Field value looks like a path, but field name does not end with 'Path'.", place.member(field))
        }
        for (index, rule) in (state["Choices"]?.array ?? []).enumerated() {
            look(atRule: rule, place.member("Choices").element(index))
        }
    }

    private mutating func look(atTemplate json: JSON, _ place: Place) {
        switch json {
        case .array(let elements):
            for (index, element) in elements.enumerated() where element.string == nil {
                look(atTemplate: element, place.element(index))
            }
        case .object:
            for (key, value) in Self.members(json) where !key.hasSuffix(".$") {
                look(atTemplate: value, place.member(key))
            }
        default:
            guard Self.isPath(json) || Self.isCall(json) else { return }
            add(.noDollar, "No .$ on a field that appears to be a JSONPath or Intrinsic Function.", place)
        }
    }

    private mutating func look(atResult json: JSON, _ place: Place) {
        for (index, element) in (json.array ?? []).enumerated() { look(atResult: element, place.element(index)) }
        for (key, value) in Self.members(json) {
            let place = place.member(key)
            if key.hasSuffix(".$"), Self.isPath(value) || Self.isCall(value) {
                add(.staticResult, "Attempt to use a path in the result of a pass state.", place)
            } else {
                look(atResult: value, place)
            }
        }
    }

    private mutating func look(atRule rule: JSON, _ place: Place) {
        for (key, value) in Self.members(rule) {
            switch key {
            case "And", "Or":
                for (index, inner) in (value.array ?? []).enumerated() {
                    look(atRule: inner, place.member(key).element(index))
                }
            case "Not": look(atRule: value, place.member(key))
            case "Variable", "Next", "Comment", "Assign", "Output": break
            default:
                guard !key.hasSuffix("Path"), Self.isPath(value) else { continue }
                add(
                    .noPath, "Field value looks like a path, but field name does not end with 'Path'.",
                    place.member(key))
            }
        }
    }

    private mutating func add(_ code: Diagnostic.Code, _ message: String, _ place: Place) {
        guard diagnostics.count < Self.limit else { return }
        diagnostics.append(Diagnostic(code, message, at: place.location, severity: .warning))
    }

    private static func members(_ json: JSON?) -> [(key: String, value: JSON)] {
        json?.object?.members.map { ($0.key, $0.value) } ?? []
    }

    private static func isPath(_ json: JSON?) -> Bool {
        guard let text = json?.string else { return false }
        return text == "$" || ["$.", "$[", "$$."].contains { text.hasPrefix($0) }
    }

    private static func isCall(_ json: JSON) -> Bool {
        guard let text = json.string, text.hasPrefix("States."), text.hasSuffix(")") else { return false }
        return text.contains("(")
    }
}
