import Core
import Foundation
import StatesLanguage
import TestSupport

@testable import Platform

/// An execution as an earlier version kept it: what it ran, what was reported to it, and what came of that.
struct RecordedExecution {
    static let folder = URL(filePath: Suites.packageRoot + "/Tests/Recorded/Executions")

    let definition: String
    let input: JSON
    let started: Instant
    /// The entries of its journal, and of its history.
    let journal: [[UInt8]]
    let history: [String]

    /// The names of all that were recorded.
    static var names: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted()
    }

    init(_ name: String) throws {
        let json = try JSON(parsing: Array(try Data(contentsOf: Self.folder.appending(path: name))))
        definition = json["definition"]?.string ?? ""
        input = json["input"] ?? .null
        started = Instant(milliseconds: json["started"]?.integer ?? 0)
        journal = (json["journal"]?.array ?? []).compactMap { Base64.decode($0.string ?? "") }
        history = (json["history"]?.array ?? []).compactMap(\.string)
    }

    /// Keeps an execution for later versions.
    static func record(
        _ name: String, _ definition: String, input: JSON, started: Instant, journal: [JournalEntry],
        history: [HistoryEvent]
    ) throws {
        let json: JSON = [
            "definition": .string(definition), "input": input, "started": .number(JSONNumber(started.milliseconds)),
            "journal": .array(journal.map { .string(Base64.encode($0.bytes)) }),
            "history": .array(history.map { .string(String(decoding: $0.bytes, as: UTF8.self)) }),
        ]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(json.serialized + [0x0A]).write(to: folder.appending(path: "\(name).json"))
    }

    /// An execution that has not begun.
    static func execution(_ definition: String, input: JSON, at started: Instant) throws -> LiveExecution {
        let identity = ExecutionIdentity(
            id: "arn:aws:states:us-east-1:000000000000:execution:machine:recorded", name: "recorded",
            role: "arn:aws:iam::000000000000:role/r",
            machineID: "arn:aws:states:us-east-1:000000000000:stateMachine:machine", machineName: "machine")
        let surroundings = StatesLanguage.Surroundings(
            region: "us-east-1", digest: { _, _ in [1, 2, 3] }, token: { execution, work in "\(execution)/\(work)" })
        return LiveExecution(
            Execution(
                of: try StateMachine(parsing: definition, jsonata: .stepFunctions), identity: identity, input: input,
                at: started, surroundings: surroundings))
    }
}
