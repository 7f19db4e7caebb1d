import Core
import JSONPath

/// Reads a definition, and collects what is wrong with it.
struct DefinitionReader {
    let jsonata: JSONataLanguage
    /// Whether the one state at the top stands for itself: where it goes on does not matter.
    let isSingleState: Bool
    /// Whether its executions are express ones, which wait for nobody.
    let isExpress: Bool
    /// The language of states that name none, however deep they lie.
    private(set) var machineLanguage = QueryLanguage.jsonPath
    private(set) var diagnostics: [Diagnostic] = []
    /// How many states there are so far.
    var count = 0
    /// The names so far: they are unique in the whole machine.
    var names: Set<String> = []

    init(jsonata: JSONataLanguage, isSingleState: Bool = false, isExpress: Bool = false) {
        self.isExpress = isExpress
        self.jsonata = jsonata
        self.isSingleState = isSingleState
    }

    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Notes what is wrong; past the limit nothing is noted, but the definition is refused all the same.
    mutating func note(_ code: Diagnostic.Code, _ message: String, at place: Place, isBare: Bool = false) {
        guard diagnostics.count < LanguageLimits.diagnostics else { return }
        diagnostics.append(Diagnostic(code, message, at: place.location, isBare: isBare))
    }

    /// The whole machine; nothing where it has no states to begin with.
    mutating func stateMachine(_ json: JSON) -> StateMachine? {
        guard let members = object(json, at: .root) else { return nil }
        let known: Set<String> = ["Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version"]
        refuseOthers(members, known, at: .root)
        machineLanguage = queryLanguage(members, at: .root, inherited: .jsonPath)
        let timeout = integer(members, "TimeoutSeconds", 1...LanguageLimits.seconds, at: .root)
        if let version = string(members, "Version", at: .root), version != "1.0" {
            note(.schema, "Value '\(version)' is not supported; the version is '1.0'", at: .root.member("Version"))
        }
        guard let flow = flow(members, at: .root, depth: 0) else { return nil }
        return StateMachine(
            comment: string(members, "Comment", at: .root), queryLanguage: machineLanguage,
            timeoutSeconds: timeout, flow: flow)
    }

    /// The language that a member of this name says, or else the one that is inherited.
    mutating func queryLanguage(_ members: JSONObject, at place: Place, inherited: QueryLanguage) -> QueryLanguage {
        guard let name = string(members, "QueryLanguage", at: place) else { return inherited }
        guard let language = QueryLanguage(rawValue: name) else {
            note(
                .schema, "Value '\(name)' is not supported; use 'JSONPath' or 'JSONata'",
                at: place.member("QueryLanguage"))
            return inherited
        }
        return language
    }

    /// States and where they begin; checks that every one is reached, and that there is an end.
    mutating func flow(_ members: JSONObject, at place: Place, depth: Int) -> Flow? {
        guard depth <= LanguageLimits.flowDepth else {
            note(.schema, "States nest deeper than \(LanguageLimits.flowDepth)", at: place)
            return nil
        }
        let startAt = requiredString(members, "StartAt", at: place)
        let statesPlace = place.member("States")
        guard let value = required(members, "States", at: place), let written = object(value, at: statesPlace) else {
            return nil
        }
        guard !written.isEmpty else {
            note(.schema, "Value cannot be empty", at: statesPlace)
            return nil
        }
        var states: [String: State] = [:]
        var names: [String] = []
        for member in written.members {
            let state = state(member.key, member.value, at: statesPlace.state(member.key), depth: depth)
            guard count <= LanguageLimits.states else { return nil }
            guard let state else { continue }
            states[member.key] = state
            names.append(member.key)
        }
        guard let startAt else { return nil }
        let flow = Flow(startAt: startAt, states: states, names: names)
        // What cannot be read leads nowhere, and would only be complained of again.
        if names.count == written.count, !isSingleState || depth > 0 { checkTransitions(of: flow, at: place) }
        return flow
    }
}
