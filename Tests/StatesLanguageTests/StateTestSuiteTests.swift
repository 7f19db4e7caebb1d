import Core
import Platform
import TestSupport
import Testing

@testable import StatesLanguage

/// Recorded answers of `TestState`.
@Suite(.enabled(if: Suites.has("states-language"))) struct StateTestSuiteTests {
    /// How many pass; the number only rises.
    private static let reached = 90

    @Test func `states are tested as the service tests them`() throws {
        let cases = try Suites.bytes("states-language/test-state.jsonl").split(separator: UInt8(ascii: "\n")).map {
            try JSON(parsing: Array($0))
        }
        var passed = 0
        for one in cases {
            let (passes, found) = Self.play(one)
            if passes { passed += 1 } else { print("fails: \(one["name"]?.string ?? "") \(found)") }
        }
        print("states-language/test-state: \(passed)/\(cases.count)")
        #expect(passed >= Self.reached)
    }

    private static func play(_ one: JSON) -> (passes: Bool, found: String) {
        guard let request = one["request"], let expected = one["expected"] else { return (false, "") }
        do throws(StateTestFlaw) {
            let now = Instant(milliseconds: 1_700_000_000_000)
            let test = try StateTest(Self.request(request), identity: .test, at: now, jsonata: .stepFunctions)
            var evaluation = Evaluation(surroundings: .test, chance: Chance("test"), now: now)
            let answer = try test.run(at: now, &evaluation)
            let level = request["inspectionLevel"] ?? "INFO"
            let found = JSON.object(answer.members(withInspection: level != "INFO"))
            guard var wanted = expected.object else { return (false, found.text) }
            wanted["ResponseMetadata"] = nil
            return (one["raised"] != true && Recorded.matches(.object(wanted), found), found.text)
        } catch {
            let message =
                switch error {
                case .definition(let invalid): invalid.message
                case .request(let message): message
                }
            return (
                one["raised"] == true && expected.text.contains(JSON.string(message).text.dropFirst().dropLast()),
                message
            )
        }
    }

    private static func request(_ json: JSON) -> StateTest.Request {
        var request = StateTest.Request(definition: json["definition"]?.string ?? "")
        request.stateName = json["stateName"]?.string
        request.input = json["input"]?.string
        request.variables = json["variables"]?.string
        request.context = json["context"]?.string
        if let mock = json["mock"] {
            request.mock = StateTestMock(
                result: mock["result"]?.string,
                error: mock["errorOutput"].map {
                    StateTestMock.Failure(error: $0["error"]?.string, cause: $0["cause"]?.string)
                }, validation: mock["fieldValidationMode"]?.string.flatMap { .init(rawValue: $0) } ?? .strict)
        }
        let configuration = json["stateConfiguration"]
        request.configuration.errorCausedByState = configuration?["errorCausedByState"]?.string
        request.configuration.mapIterationFailureCount = configuration?["mapIterationFailureCount"]?.integer.map(
            Int.init)
        request.configuration.retrierRetryCount = Int(configuration?["retrierRetryCount"]?.integer ?? 0)
        return request
    }
}

extension ExecutionIdentity {
    static let test = ExecutionIdentity(
        id: "arn:aws:states:us-east-1:123456789012:express:machine:run", name: "run",
        role: "arn:aws:iam::123456789012:role/role",
        machineID: "arn:aws:states:us-east-1:123456789012:stateMachine:machine", machineName: "machine")
}
