import Core
import Platform
import TestSupport
import Testing

@testable import StatesLanguage

/// Executions that need no other service, recorded with their histories.
@Suite(.enabled(if: Suites.has("states-language"))) struct ExecutionSuiteTests {
    /// How many pass at each level; the numbers only rise.
    private static let reached = (status: 501, result: 501, types: 204, history: 204)

    /// The same of executions that call services, where the recorded answers are given.
    private static let reachedWithCalls = (result: 40, types: 40, history: 40)

    private struct Score {
        var cases = 0, status = 0, result = 0, histories = 0, types = 0, history = 0
    }

    @Test func `recorded executions end as they did, with the same history`() throws {
        var score = Score()
        for one in try Self.cases() {
            score.cases += 1
            try Self.play(one, &score)
        }
        print(
            "states-language/executions: status \(score.status)/\(score.cases), result \(score.result)/\(score.cases),",
            "types \(score.types)/\(score.histories), history \(score.history)/\(score.histories)")
        #expect(score.status >= Self.reached.status)
        #expect(score.result >= Self.reached.result)
        #expect(score.types >= Self.reached.types)
        #expect(score.history >= Self.reached.history)
    }

    @Test func `recorded calls of services are told as they were`() throws {
        var score = Score()
        for one in try Self.cases(besides: "A-none") where one["expected"]?["history"] != nil {
            score.cases += 1
            try Self.play(one, &score)
        }
        print(
            "states-language/executions with calls: result \(score.result)/\(score.cases),",
            "types \(score.types)/\(score.histories), history \(score.history)/\(score.histories)")
        #expect(score.result >= Self.reachedWithCalls.result)
        #expect(score.types >= Self.reachedWithCalls.types)
        #expect(score.history >= Self.reachedWithCalls.history)
    }

    private static func cases(besides tier: JSON? = nil) throws -> [JSON] {
        try Suites.bytes("states-language/executions.jsonl").split(separator: UInt8(ascii: "\n"))
            .map { try JSON(parsing: Array($0)) }
            .filter { tier == nil ? $0["tier"] == "A-none" : $0["tier"] != tier }
            .filter { $0["expected"]?["status"]?.string != nil }
    }

    private static func play(_ one: JSON, _ score: inout Score) throws {
        let (name, expected) = (one["name"]?.string ?? "", one["expected"] ?? .null)
        let isCounted = expected["history"] != nil
        score.histories += isCounted ? 1 : 0
        let machine: StateMachine
        do throws(InvalidDefinition) {
            machine = try StateMachine(parsing: (one["definition"] ?? .null).text, jsonata: .stepFunctions)
        } catch {
            return print("refused: \(name): \(error.message)")
        }
        var player = Player(machine, input: try JSON(parsing: one["input"]?.string ?? "{}"))
        var calls = RecordedCalls(expected["history"]?.array ?? [], setup: one["setup"]?.array ?? [])
        player.play(
            { calls.answers(to: $0) },
            mapRun: { order in calls.answers(to: order) { .array(Player.outputs(order, $0) ?? []) } })
        let (status, result, isSame) = Self.compare(expected, player.execution.status)
        score.status += status ? 1 : 0
        score.result += result ? 1 : 0
        guard result else {
            return print(
                "fails: \(name): \(isSame) but \(expected["output"]?.text ?? expected.text.prefix(600).description)")
        }
        guard isCounted else { return }
        // What one page holds, and in which order, is the API's to say.
        let parameters = one["history_params"]
        var events = player.history.map(\.json)
        if parameters?["reverseOrder"] == true { events.reverse() }
        if let most = parameters?["maxResults"]?.integer { events = Array(events.prefix(Int(most))) }
        let recorded = expected["history"]?.array ?? []
        let isNormalized = one["parallel_normalised"] == true
        let text = one["definition"]?.text ?? ""
        let types = types(recorded) == types(events) || isNormalized
        let isUnordered = isNormalized || text.contains(#""Parallel""#) || text.contains(#""Map""#)
        let history = Recorded.matches(
            history: recorded, events, isUnordered: isUnordered, isNormalized: isNormalized)
        score.types += types ? 1 : 0
        score.history += history ? 1 : 0
        guard !history else { return }
        let place = zip(recorded, events).enumerated().first { !Recorded.matches($1.0, $1.1) }
        print("differs: \(name) \(types): \(place?.1.0.text ?? "") but \(place?.1.1.text ?? "")")
    }

    private static func types(_ events: [JSON]) -> [String: Int] {
        events.reduce(into: [:]) { $0[$1["type"]?.string ?? "", default: 0] += 1 }
    }

    private static func compare(_ expected: JSON, _ status: ExecutionStatus) -> (Bool, Bool, String) {
        switch status {
        case .succeeded(let output):
            let isRight = expected["status"] == "SUCCEEDED"
            return (isRight, isRight && Recorded.matches(expected["output"] ?? .null, output), output.text)
        case .failed(let error, let cause):
            let isRight = expected["status"] == "FAILED"
            let matches =
                Recorded.matches(expected["error"] ?? .null, error.map { JSON.string($0) } ?? .null)
                && Recorded.matches(expected["cause"] ?? .null, cause.map { JSON.string($0) } ?? .null)
            return (isRight, isRight && matches, "\(error ?? "") \(cause ?? "")")
        case .running, .timedOut, .aborted: return (false, false, "\(status)")
        }
    }
}
