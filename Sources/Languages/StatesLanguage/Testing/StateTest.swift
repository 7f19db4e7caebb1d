import Core

/// A test of one state, without the machine around it: `TestState` of the service, as far as it calls nothing.
package struct StateTest: Sendable {
    package let state: State
    let scope: Scope
    let mock: StateTestMock?
    let mockedResult: JSON?
    let configuration: StateTestConfiguration

    /// What a test is made of, as the service's API has it: texts.
    package struct Request: Sendable {
        /// A state, or a whole machine.
        package var definition: String
        /// Which state, where the definition is a machine.
        package var stateName: String?
        package var input: String?
        package var variables: String?
        package var context: String?
        package var mock: StateTestMock?
        package var configuration = StateTestConfiguration()

        /// Takes the definition.
        package init(definition: String) { self.definition = definition }
    }

    /// Reads a request; throws what it is refused for.
    package init(
        _ request: Request, identity: ExecutionIdentity, at time: Instant, jsonata: JSONataLanguage = .absent
    ) throws(StateTestFlaw) {
        let machine: StateMachine
        do throws(InvalidDefinition) {
            machine = try StateMachine.forTest(parsing: request.definition, jsonata: jsonata)
        } catch {
            throw .definition(error)
        }
        state = try Self.state(named: request.stateName, in: machine.flow)
        mock = request.mock
        configuration = request.configuration
        mockedResult = try Self.mockedResult(request.mock, state)
        let input = try Self.json(request.input, "input") ?? .object(JSONObject())
        let context: JSON
        if let text = request.context {
            context = try ContextCheck.context(parsing: text)
        } else {
            context = Self.context(state, identity, input, time, request.configuration)
        }
        let variables = try Self.json(request.variables, "variables")?.object ?? JSONObject()
        scope = Scope(
            document: input, context: context,
            variables: variables.members.reduce(into: [:]) { $0[$1.key] = $1.value })
    }

    private static func json(_ text: String?, _ what: String) throws(StateTestFlaw) -> JSON? {
        guard let text else { return nil }
        // What is wrong with the text, its author sees best.
        guard let value = try? JSON(parsing: text) else { throw .request("The \(what) must be valid JSON") }
        return value
    }

    private static func state(named name: String?, in flow: Flow) throws(StateTestFlaw) -> State {
        guard let name else {
            guard let state = flow.states[flow.startAt], flow.states.count == 1 else {
                throw .request("A stateName is required where the definition is a state machine")
            }
            return state
        }
        var waiting = [flow]
        while let flow = waiting.popLast() {
            if let state = flow.states[name] { return state }
            for state in flow.states.values {
                switch state.body {
                case .parallel(let flows): waiting += flows
                case .map(let map): waiting.append(map.processor)
                default: break
                }
            }
        }
        throw .request("State '\(name)' not found in the state machine definition")
    }

    private static func mockedResult(_ mock: StateTestMock?, _ state: State) throws(StateTestFlaw) -> JSON? {
        guard let mock else { return nil }
        if mock.result != nil, mock.error != nil {
            throw .request("A test mock should have only one of the following fields: [result, errorOutput].")
        }
        guard state.kind.canBeRetried else {
            throw .request("State type '\(state.kind.rawValue)' is not supported when a mock is specified")
        }
        guard let text = mock.result else { return nil }
        // What is wrong with the text, its author sees best.
        guard let result = try? JSON(parsing: text) else { throw .request("Mocked result must be valid JSON") }
        let isWritten = if case .map(let map) = state.body { map.writer != nil } else { false }
        if state.kind != .task, !isWritten, result.array == nil {
            throw .request("Mocked result must be an array.")
        }
        if case .task(let task) = state.body,
            let shape = ResultShapes.embedded.shape(of: TaskTarget(resource: task.resource)),
            let flaw = shape.flaw(in: result, mock.validation)
        {
            throw .request(flaw)
        }
        return result
    }

    private static func context(
        _ state: State, _ identity: ExecutionIdentity, _ input: JSON, _ time: Instant,
        _ configuration: StateTestConfiguration
    ) -> JSON {
        var context = identity.context(input: input, startedAt: time, redrives: 0)
        if var execution = context["Execution"]?.object {
            execution["RedriveCount"] = nil
            context["Execution"] = .object(execution)
        }
        var about = JSONObject([("Name", .string(state.name)), ("EnteredTime", .string(time.iso8601))])
        if state.kind.canBeRetried {
            about["RetryCount"] = .number(JSONNumber(Int64(configuration.retrierRetryCount)))
        }
        context["State"] = .object(about)
        return .object(context)
    }
}
