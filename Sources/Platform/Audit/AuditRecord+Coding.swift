import Core

/// The stored form of a record: every record has exactly one, and every other sequence of bytes is refused.
///
/// `docs/audit.md` describes it for those who write a verifier.
extension AuditRecord {
    /// Why bytes are no record.
    package enum Fault: Error, Equatable {
        case truncated
        case unknownVersion(UInt8)
        case malformed(field: String)
        /// There is something behind the record.
        case trailing(bytes: Int)
    }

    private static let version: UInt8 = 1

    private enum Part {
        static let source: UInt8 = 1
        static let requestID: UInt8 = 2
        static let trace: UInt8 = 4
        static let sampled: UInt8 = 8
        static let lineage: UInt8 = 16
        static let all: UInt8 = 31
    }

    /// Appends the stored form.
    package func append(to output: inout [UInt8]) {
        output.append(Self.version)
        output.append(kind.rawValue)
        output.append(parts)
        output.append(bigEndian: UInt64(bitPattern: time.milliseconds))
        output.append(text: principal)
        output.append(text: action)
        output.append(text: resource)
        switch outcome {
        case .succeeded: output.append(0)
        case .failed(let code):
            output.append(1)
            output.append(text: code)
        case .denied(let missing):
            output.append(2)
            output.append(text: missing)
        }
        if let source { output.append(text: source) }
        if let words = requestID?.words { output.append(bigEndian: words.high, words.low) }
        if let trace { output.append(bigEndian: trace.traceHigh, trace.traceLow, trace.span) }
        if let words = lineage?.words { output.append(bigEndian: words.high, words.low) }
        output.append(UInt8(facts.count))
        for fact in facts {
            output.append(text: fact.name)
            output.append(text: fact.value)
        }
    }

    /// The stored form.
    package var bytes: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(256)
        append(to: &output)
        return output
    }

    private var parts: UInt8 {
        (source == nil ? 0 : Part.source) | (requestID == nil ? 0 : Part.requestID)
            | (trace == nil ? 0 : Part.trace) | (trace?.sampled == true ? Part.sampled : 0)
            | (lineage == nil ? 0 : Part.lineage)
    }

    /// Reads the stored form, which must fill the bytes.
    package init(_ bytes: [UInt8]) throws(Fault) {
        var reader = AuditBytes(bytes)
        self = try AuditRecord.read(&reader)
        guard reader.left == 0 else { throw .trailing(bytes: reader.left) }
    }

    /// Reads one record and leaves what lies behind it.
    static func read(_ reader: inout AuditBytes) throws(Fault) -> AuditRecord {
        let version = try reader.byte()
        guard version == Self.version else { throw .unknownVersion(version) }
        guard let kind = Kind(rawValue: try reader.byte()) else { throw .malformed(field: "kind") }
        let parts = try reader.byte()
        guard parts & ~Part.all == 0, parts & Part.sampled == 0 || parts & Part.trace != 0 else {
            throw .malformed(field: "parts")
        }
        let time = Instant(milliseconds: Int64(bitPattern: try reader.word()))
        let principal = try reader.text("principal", Bound.principal)
        let action = try reader.text("action", Bound.action)
        let resource = try reader.text("resource", Bound.resource)
        let outcome = try readOutcome(&reader)
        let source = parts & Part.source == 0 ? nil : try reader.text("source", Bound.source)
        let requestID =
            parts & Part.requestID == 0 ? nil : RequestID(high: try reader.word(), low: try reader.word())
        let trace =
            parts & Part.trace == 0
            ? nil
            : TraceContext(
                high: try reader.word(), low: try reader.word(), span: try reader.word(),
                sampled: parts & Part.sampled != 0)
        let lineage = parts & Part.lineage == 0 ? nil : LineageID(high: try reader.word(), low: try reader.word())
        let facts = try readFacts(&reader)
        let record = AuditRecord(
            time: time, kind: kind, principal: principal, action: action, resource: resource, outcome: outcome,
            source: source, requestID: requestID, trace: trace, lineage: lineage, facts: facts)
        // Names that differ in bytes may still be one text.
        guard record.facts.count == facts.count else { throw .malformed(field: "facts") }
        return record
    }

    private static func readOutcome(_ reader: inout AuditBytes) throws(Fault) -> Outcome {
        switch try reader.byte() {
        case 0: .succeeded
        case 1: .failed(try reader.text("outcome", Bound.outcome))
        case 2: .denied(try reader.text("outcome", Bound.outcome))
        default: throw .malformed(field: "outcome")
        }
    }

    private static func readFacts(_ reader: inout AuditBytes) throws(Fault) -> [Fact] {
        let count = Int(try reader.byte())
        guard count <= Bound.facts else { throw .malformed(field: "facts") }
        var facts: [Fact] = []
        for _ in 0..<count {
            let name = try reader.text("facts", Bound.factName)
            if let last = facts.last, !last.name.utf8.lexicographicallyPrecedes(name.utf8) {
                throw .malformed(field: "facts")
            }
            facts.append(Fact(name, try reader.text("facts", Bound.factValue)))
        }
        return facts
    }
}
