import Core
import Platform

/// The audit trail in words: records as lines and as JSON, flaws as sentences.
enum AuditWords {
    /// A record as one line: columns for people, tabs for pipes.
    static func line(_ entry: AuditEntry, interactive: Bool) -> String {
        let record = entry.record
        var columns = [
            record.time.iso8601, outcome(record.outcome).word, record.action, record.resource, record.principal,
            record.source ?? "-", record.requestID?.description ?? "-", outcome(record.outcome).detail ?? "-",
            record.facts.isEmpty ? "-" : record.facts.map { "\($0.name)=\($0.value)" }.joined(separator: " "),
        ]
        columns = columns.map { Terminal.harmless($0.split(whereSeparator: \.isNewline).joined(separator: " ")) }
        guard interactive else { return columns.joined(separator: "\t") }
        let widths = [24, 9, 28, 40, 34, 12]
        for (place, width) in widths.enumerated() {
            columns[place] += String(repeating: " ", count: max(0, width - columns[place].count))
        }
        return columns.joined(separator: "  ")
    }

    /// A record as JSON: everything that is known.
    static func json(_ entry: AuditEntry) -> JSON {
        let record = entry.record
        let (word, detail) = outcome(record.outcome)
        var members: [(String, JSON)] = [
            ("sequence", .number(JSONNumber(Int64(clamping: entry.sequence)))), ("time", .string(record.time.iso8601)),
            ("kind", .string("\(record.kind)")), ("principal", .string(record.principal)),
            ("action", .string(record.action)), ("resource", .string(record.resource)), ("outcome", .string(word)),
        ]
        let details: [(String, String?)] = [
            ("reason", detail), ("source", record.source), ("requestId", record.requestID?.description),
            ("trace", record.trace?.traceparent), ("lineage", record.lineage?.description),
        ]
        for (name, value) in details { if let value { members.append((name, .string(value))) } }
        if !record.facts.isEmpty {
            members.append(("facts", .object(JSONObject(record.facts.map { ($0.name, .string($0.value)) }))))
        }
        return .object(JSONObject(members))
    }

    private static func outcome(_ outcome: AuditRecord.Outcome) -> (word: String, detail: String?) {
        switch outcome {
        case .succeeded: ("succeeded", nil)
        case .failed(let code): ("failed", code)
        case .denied(let missing): ("denied", missing)
        }
    }

    /// What a verification found, apart from flaws.
    static func lines(_ report: AuditVerifier.Report, isOpened: Bool, heads: Int) -> [String] {
        var lines = [
            "trail: \(report.trail?.description ?? "-")",
            "records: \(report.records) (\(report.first?.sequence ?? 0) up to \(report.end?.sequence ?? 0)) "
                + "in \(report.groups) groups of \(report.segments) segments",
            "end: \(report.end?.sequence ?? 0) \(report.end?.hash.description ?? "-")"
                + (report.lastTime.map { " \($0.iso8601)" } ?? ""),
            "checked: hashes" + (isOpened ? ", seals" : "") + ", \(heads) heads",
        ]
        if report.isBeginningUnproven {
            lines.append(
                "The trail begins at record \(report.first?.sequence ?? 0); why, only the root key or a head tells.")
        }
        if report.flaws.isEmpty { lines.append("The trail is whole.") }
        return lines
    }

    /// A flaw as a sentence that says what it means.
    static func sentence(_ flaw: AuditFlaw) -> String {
        switch flaw {
        case .headerCut(let bytes): "A segment has only \(bytes) bytes, less than its header: it was cut."
        case .notASegment: "A file is no segment of an audit trail, or its header was changed."
        case .unknownVersion(let version): "A segment has the unknown format \(version): verify with a newer Martlet."
        case .otherTrail(let trail): "A segment belongs to another trail, \(trail)."
        case .gap(let expected, let found):
            "A segment begins at record \(found.sequence) where record \(expected.sequence) was to follow, or continues "
                + "another history: a segment is missing, twice there, or was changed."
        case .unfinished(let sequence, let bytes):
            "Behind record \(sequence) the last \(bytes) bytes are no whole group: the file was cut, or a crash cut a "
                + "write short, which the next start of the server takes away and records."
        case .broken(let sequence, let offset):
            "From record \(sequence) on (byte \(offset)) the chain is broken: a record was changed, removed, put in or moved."
        case .forged(let sequence, .key):
            "The segment from record \(sequence) on was not made under this root key, or its header was changed."
        case .forged(let sequence, .group):
            "The group of record \(sequence) was not sealed for this place: somebody changed it and computed the hashes anew."
        case .malformed(let sequence): "The group of record \(sequence) does not hold what it says."
        case .beginningMissing(let first):
            "The trail begins at record \(first.sequence), and nothing in it says that what came before was removed on purpose."
        case .truncated(let head, let end):
            "A head was published at record \(head.sequence), but the trail ends at \(end.sequence): records were cut off."
        case .diverged(let head):
            "At record \(head.sequence) the trail has another history than the published head."
        case .headOfOther(let trail): "A head belongs to another trail, \(trail)."
        case .headNotAuthentic: "A head was not written by the holder of this root key."
        case .headTooOld(let head, let first):
            "A head names record \(head.sequence), but the trail begins at \(first.sequence): it cannot be compared."
        }
    }
}
