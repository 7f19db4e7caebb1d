import Core
import Foundation
import Platform
import TestSupport
import Testing

@testable import StatesLanguage

/// Executions that were recorded once and must mean the same for ever: what runs was begun by an older program.
///
/// Each file holds a machine, its input, a script, and the steps that were recorded. A file without steps is recorded when
/// the tests run with `MARTLET_RECORD=1`; steps that are there are never written again.
struct StoredHistoryTests {
    private static let folder = Suites.packageRoot + "/Tests/StatesLanguageTests/Histories"

    @Test func `what is reported again brings about the same commands and the same history`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".json") }
        #expect(names.count >= 16)
        for name in names.sorted() { try Self.check(name) }
    }

    private static func check(_ name: String) throws {
        let path = folder + "/" + name
        let bytes = try #require(FileManager.default.contents(atPath: path), "\(name) cannot be read")
        let stored = try JSON(parsing: [UInt8](bytes))
        let machine = try StateMachine(parsing: (stored["definition"] ?? .null).text, jsonata: .stepFunctions)
        let input = stored["input"] ?? .null
        guard let steps = stored["steps"]?.array else {
            try #require(ProcessInfo.processInfo.environment["MARTLET_RECORD"] == "1", "\(name) is not recorded")
            return try record(stored, machine, input, path)
        }
        var execution = Execution(
            of: machine, identity: .test, input: input, at: HistoryRecorder.start, surroundings: .test)
        for (place, step) in steps.enumerated() {
            let commands = try report(step, to: &execution)
            let said = JSON.array(commands.map(StoredHistory.json))
            let events = JSON.array(execution.takeEvents().map(\.json))
            try #require(said.text == step["commands"]?.text, "\(name), step \(place): other commands")
            try #require(events.text == step["events"]?.text, "\(name), step \(place): another history")
        }
        #expect(stored["status"]?.string == status(execution), "\(name): another end")
    }

    private static func report(_ step: JSON, to execution: inout Execution) throws -> [Command] {
        let time = Instant(milliseconds: try #require(step["at"]?.integer))
        let report = try #require(step["report"])
        switch report["report"]?.string {
        case "start": return execution.start()
        case "resume": return execution.resume(at: time)
        case "redrive": return execution.redrive(at: time)
        default: return execution.handle(try #require(StoredHistory.occurrence(report)), at: time)
        }
    }

    private static func record(_ stored: JSON, _ machine: StateMachine, _ input: JSON, _ path: String) throws {
        let script = stored["script"] ?? .null
        var recorder = HistoryRecorder(machine, input: input, script: script)
        recorder.record(script["outside"]?.array?.compactMap(\.string) ?? [])
        var members = stored.object ?? JSONObject()
        members["status"] = .string(status(recorder.execution))
        members["steps"] = .array(recorder.steps)
        // One member and one step in a line, so that a difference can be read.
        let lines = members.members.map { member in
            guard case .array(let steps) = member.value, member.key == "steps" else {
                return JSON.string(member.key).text + ":" + member.value.text
            }
            return #""steps":["# + "\n" + steps.map(\.text).joined(separator: ",\n") + "\n]"
        }
        let text = "{\n" + lines.joined(separator: ",\n") + "\n}\n"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func status(_ execution: Execution) -> String {
        switch execution.status {
        case .running: "running"
        case .succeeded(let output): "succeeded \(output.text)"
        case .failed(let error, let cause): "failed \(error ?? "") \(cause ?? "")"
        case .timedOut: "timed out"
        case .aborted(let error, let cause): "aborted \(error ?? "") \(cause ?? "")"
        }
    }
}
