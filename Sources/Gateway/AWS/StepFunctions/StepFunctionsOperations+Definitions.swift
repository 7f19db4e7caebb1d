import AccessPolicy
import Core
import Platform
import StatesLanguage

extension StepFunctionsOperations {
    var definitionOperations: [String: Handler] {
        ["ValidateStateMachineDefinition": validate, "TestState": test]
    }

    /// Most diagnostics of one answer.
    private static let diagnosticsLimit = 100

    @Sendable private func validate(_ request: Request) async throws -> WireValue {
        let input = request.input
        let all = StateMachines.diagnostics(
            of: input["definition"]?.string ?? "", WorkflowType(rawValue: input["type"]?.string ?? "") ?? .standard)
        let shown = all.filter { $0.severity == .error || input["severity"]?.string == "WARNING" }
        let asked = input["maxResults"]?.int ?? 0
        let limit = asked == 0 ? Self.diagnosticsLimit : min(asked, Self.diagnosticsLimit)
        return [
            "result": .string(all.contains { $0.severity == .error } ? "FAIL" : "OK"),
            "diagnostics": .list(
                shown.prefix(limit).map { diagnostic in
                    [
                        "severity": .string(diagnostic.severity.rawValue), "code": .string(diagnostic.code.rawValue),
                        "message": .string(diagnostic.message), "location": WireValue(diagnostic.location),
                    ]
                }), "truncated": .bool(shown.count > limit),
        ]
    }

    @Sendable private func test(_ request: Request) async throws -> WireValue {
        let input = request.input
        let level = input["inspectionLevel"]?.string ?? "INFO"
        let revealsSecrets = input["revealSecrets"]?.bool == true
        if revealsSecrets { try await requireRevealing(request.call, level) }
        let role = try input["roleArn"] == nil ? nil : request.role()
        if let role { try await requireUsable(role, by: request.call) }
        let answer: StateTestAnswer
        do {
            answer = try await workflows.test(
                request.test, role: role, watch: level == "TRACE" ? WebWatch(revealsSecrets: revealsSecrets) : nil,
                descent: request.call.descent, trace: request.call.trace)
        } catch let flaw as StateTestFlaw {
            switch flaw {
            case .definition(let invalid): throw WireError(WorkflowError.invalidDefinition(invalid))
            case .request(let words): throw WireError("ValidationException", words)
            }
        }
        return WireValue(JSON.object(answer.members(withInspection: level != "INFO")))
    }

    /// Secrets are shown to those alone who may see them, and at one level only.
    private func requireRevealing(_ call: Call, _ level: String) async throws {
        do {
            try await call.authorize(
                Action(service: "states", name: "RevealSecrets"), on: .account(call.account), facts: [:])
        } catch let denied as AccessDenied {
            throw WireError("AccessDeniedException", denied.message, status: 403)
        }
        guard level == "TRACE" else {
            throw WireError("ValidationException", "revealSecrets is only supported at the inspectionLevel TRACE")
        }
    }
}

extension StepFunctionsOperations.Request {
    /// The test that is asked for.
    fileprivate var test: StateTest.Request {
        var test = StateTest.Request(definition: input["definition"]?.string ?? "")
        test.stateName = input["stateName"]?.string
        test.input = input["input"]?.string
        test.variables = input["variables"]?.string
        test.context = input["context"]?.string
        if let mock = input["mock"] {
            let error = mock["errorOutput"].map {
                StateTestMock.Failure(error: $0["error"]?.string, cause: $0["cause"]?.string)
            }
            let validation = mock["fieldValidationMode"]?.string.flatMap(StateTestMock.Validation.init)
            test.mock = StateTestMock(result: mock["result"]?.string, error: error, validation: validation ?? .strict)
        }
        let configuration = input["stateConfiguration"]
        test.configuration.errorCausedByState = configuration?["errorCausedByState"]?.string
        test.configuration.mapIterationFailureCount = configuration?["mapIterationFailureCount"]?.int
        test.configuration.mapItemReaderData = configuration?["mapItemReaderData"]?.string
        test.configuration.retrierRetryCount = configuration?["retrierRetryCount"]?.int ?? 0
        return test
    }
}
