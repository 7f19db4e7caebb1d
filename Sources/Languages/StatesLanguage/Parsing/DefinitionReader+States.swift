import Core
import JSONPath

extension DefinitionReader {
    /// One state; nothing, and notes, where it cannot be read.
    mutating func state(
        _ name: String, _ json: JSON, at place: Place, depth: Int
    ) -> State? {
        count += 1
        guard count <= LanguageLimits.states else {
            if count == LanguageLimits.states + 1 {
                note(.schema, "There are more than \(LanguageLimits.states) states", at: place)
            }
            return nil
        }
        checkName(name, at: place)
        guard let members = object(json, at: place), let type = requiredString(members, "Type", at: place) else {
            return nil
        }
        guard let kind = StateKind(rawValue: type) else {
            note(.schema, "Value '\(type)' is not a type of state", at: place.member("Type"))
            return nil
        }
        let language = queryLanguage(members, at: place, inherited: machineLanguage)
        if machineLanguage == .jsonata, language == .jsonPath {
            let message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
            note(.schema, message, at: place)
        }
        refuseFields(members, kind, language, at: place)
        return State(
            name: name, queryLanguage: language, data: dataFields(members, kind, language, at: place),
            transition: transition(members, kind, at: place), retriers: retriers(members, at: place),
            catchers: catchers(members, language, at: place),
            body: body(kind, members, language, at: place, depth: depth) ?? .succeed)
    }

    /// Notes the fields that a state of its kind does not have, and of those that are of the other language, which that is.
    private mutating func refuseFields(
        _ members: JSONObject, _ kind: StateKind, _ language: QueryLanguage, at place: Place
    ) {
        let other: QueryLanguage = language == .jsonPath ? .jsonata : .jsonPath
        let (known, foreign) = (StateFields.known(kind, language), StateFields.known(kind, other))
        for member in members.members where foreign.contains(member.key) && !known.contains(member.key) {
            let message =
                "The QueryLanguage is set to '\(language.rawValue)', but field '\(member.key)' is only supported for the "
                + "'\(other.rawValue)' QueryLanguage"
            note(.schema, message, at: place)
        }
        refuseOthers(members, known.union(foreign), at: place)
    }

    private mutating func checkName(_ name: String, at place: Place) {
        if name.isEmpty || name.unicodeScalars.count > LanguageLimits.stateName {
            note(.schema, "The name of a state has 1 to \(LanguageLimits.stateName) characters", at: place)
        }
        if !names.insert(name).inserted { note(.duplicateName, "Duplicate State name: \(name)", at: place) }
    }

    private mutating func dataFields(
        _ members: JSONObject, _ kind: StateKind, _ language: QueryLanguage, at place: Place
    ) -> DataFields {
        var data = DataFields()
        switch language {
        case .jsonPath:
            data.inputPath = dataPath(members, "InputPath", at: place)
            data.outputPath = dataPath(members, "OutputPath", at: place)
            data.resultPath = resultPath(members, at: place)
            data.parameters = template(members, "Parameters", language, at: place)
            data.resultSelector = template(members, "ResultSelector", language, at: place)
        case .jsonata:
            data.arguments = template(members, "Arguments", language, at: place)
            data.output = template(members, "Output", language, at: place)
        }
        data.assign = assignment(members, language, at: place)
        return data
    }

    /// `Assign`: an object whose names are those of variables.
    mutating func assignment(_ members: JSONObject, _ language: QueryLanguage, at place: Place) -> Template? {
        guard let value = members["Assign"], let names = object(value, at: place.member("Assign")) else { return nil }
        for member in names.members {
            let isPath = language == .jsonPath && member.key.hasSuffix(".$")
            let name = isPath ? String(member.key.dropLast(2)) : member.key
            if !Self.isVariableName(name) {
                note(.schema, "'\(name)' is not a valid name of a variable", at: place.member("Assign"))
            }
        }
        return template(value, language, at: place.member("Assign"))
    }

    private static func isVariableName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, name.unicodeScalars.count <= 80, name != "states" else {
            return false
        }
        return (first == "_" || first.properties.isIDStart)
            && name.unicodeScalars.dropFirst().allSatisfy { $0 == "_" || $0.properties.isIDContinue }
    }

    private mutating func transition(_ members: JSONObject, _ kind: StateKind, at place: Place) -> Transition? {
        guard ![.choice, .succeed, .fail].contains(kind) else { return nil }
        exactlyOne(members, of: ["Next", "End"], at: place)
        if let next = string(members, "Next", at: place) { return .next(next) }
        guard let end = members["End"] else { return nil }
        guard end == true else {
            note(.schema, "Value must be true", at: place.member("End"))
            return nil
        }
        return .end
    }

    private mutating func body(
        _ kind: StateKind, _ members: JSONObject, _ language: QueryLanguage, at place: Place, depth: Int
    ) -> StateBody? {
        switch kind {
        case .task: task(members, language, at: place).map(StateBody.task)
        case .pass: .pass(result: members["Result"])
        case .choice: choiceBody(members, language, at: place).map(StateBody.choice)
        case .wait: wait(members, language, at: place).map(StateBody.wait)
        case .succeed: .succeed
        case .fail:
            .fail(
                FailBody(
                    error: stringSetting(members, "Error", language, at: place),
                    cause: stringSetting(members, "Cause", language, at: place)))
        case .parallel: branches(members, at: place, depth: depth).map(StateBody.parallel)
        case .map: map(members, language, at: place, depth: depth).map(StateBody.map)
        }
    }

    private mutating func task(_ members: JSONObject, _ language: QueryLanguage, at place: Place) -> TaskBody? {
        let range = 1...LanguageLimits.seconds
        let timeout = integerSetting(members, "TimeoutSeconds", range, language, at: place)
        let heartbeat = integerSetting(members, "HeartbeatSeconds", range, language, at: place)
        if case .fixed(let timeout)? = timeout, case .fixed(let heartbeat)? = heartbeat, heartbeat >= timeout {
            note(.schema, "'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'", at: place)
        }
        let credentials = template(members, "Credentials", language, at: place)
        guard let resource = requiredString(members, "Resource", at: place) else { return nil }
        if !resource.hasPrefix("arn:") {
            note(
                .schema,
                "The resource provided \(resource) is not recognized. The value is not a valid resource ARN, or the "
                    + "resource is not available in this region.", at: place.member("Resource"))
        }
        if isExpress, let kind = TaskTarget(resource: resource).waitsForOthers {
            note(.schema, "Express state machine does not support \(kind)", at: place.member("Resource"))
        }
        return TaskBody(resource: resource, timeout: timeout, heartbeat: heartbeat, credentials: credentials)
    }

    private mutating func wait(_ members: JSONObject, _ language: QueryLanguage, at place: Place) -> WaitBody? {
        let fields = ["Seconds", "Timestamp", "SecondsPath", "TimestampPath"]
        exactlyOne(members, of: language == .jsonPath ? fields : Array(fields[..<2]), at: place)
        if members["Seconds"] != nil || members["SecondsPath"] != nil {
            return integerSetting(members, "Seconds", 0...LanguageLimits.seconds, language, at: place)
                .map(WaitBody.seconds)
        }
        if let setting: Setting<Timestamp> = dynamic(members, "Timestamp", language, at: place) {
            return .timestamp(setting)
        }
        guard let text = string(members, "Timestamp", at: place) else { return nil }
        guard let time = Timestamp(text) else {
            note(.schema, "Value is not a valid timestamp of RFC 3339", at: place.member("Timestamp"))
            return nil
        }
        return .timestamp(.fixed(time))
    }

    private mutating func branches(_ members: JSONObject, at place: Place, depth: Int) -> [Flow]? {
        guard required(members, "Branches", at: place) != nil,
            let elements = filledArray(members, "Branches", at: place)
        else { return nil }
        var flows: [Flow] = []
        for (index, element) in elements.enumerated() {
            let branchPlace = place.member("Branches").element(index)
            guard let branch = object(element, at: branchPlace) else { continue }
            refuseOthers(branch, ["Comment", "StartAt", "States", "QueryLanguage", "ProcessorConfig"], at: branchPlace)
            guard let flow = flow(branch, at: branchPlace, depth: depth + 1) else { continue }
            flows.append(flow)
        }
        return flows
    }
}
