import Core
import StatesLanguage

@testable import Platform

extension FuzzTarget {
    /// What is read of executions, from the store and from those who complete tasks.
    static let workflows = [journalEntries, taskTokens, executionNames, packedObjects]

    private static let journalEntries = FuzzTarget(
        "journal-entries",
        seeds: [
            JournalEntry(.resumed, at: Instant(milliseconds: 1)).bytes,
            JournalEntry(.occurred(.taskSucceeded(work: 3, output: ["a": [1, "é"]])), at: Instant(milliseconds: 2))
                .bytes,
            JournalEntry(.occurred(.taskFailed(work: 4, error: "E", cause: nil)), at: Instant(milliseconds: 3)).bytes,
        ]
    ) { bytes in
        // What is no entry is refused.
        guard let entry = try? JournalEntry(bytes) else { return }
        let again = accepted { try JournalEntry(entry.bytes) }
        require(again?.bytes == entry.bytes)
    }

    /// Files of gzip: one member, and two.
    private static let packedObjects = FuzzTarget(
        "packed-objects",
        seeds: [
            "H4sIAAAAAAACA0vUSeIy1DHiAgB7B5cKCAAAAA==",
            "H4sIAAAAAAACA0vUSeIy1DHiAgB7B5cKCAAAAB+LCAAAAAAAAgPtwTEBAAAAwqDai28ND6AAAIB3A+cX7pi4CwAA",
        ].compactMap(Base64.decode)
    ) { bytes in
        let unpacked = accepted { () throws(GzipContent.Fault) in try GzipContent.bytes(of: bytes, limit: 1 << 20) }
        require((unpacked?.count ?? 0) <= 1 << 20, "it is more than is wanted")
    }

    private static let taskTokens = FuzzTarget(
        "task-tokens",
        texts: [ExecutionID("machine/label:name")].compactMap { $0 }
            .map { TaskTokens(key: Array(0..<32)).token($0, work: 7) }
    ) { bytes in
        let tokens = TaskTokens(key: Array(0..<32))
        guard let task = tokens.task(bytes.text) else { return }
        require(tokens.token(task.execution, work: task.work) == bytes.text)
    }

    private static let executionNames = FuzzTarget(
        "execution-names", texts: ["machine:name", "machine/label:name", "a:b:c", "é:\u{1F600}"]
    ) { bytes in
        if let id = ExecutionID(bytes.text) { require(id.description == bytes.text) }
    }
}
