import Core

/// Items as earlier versions wrote them: the third in another order and without the way, those before it with every field
/// as text behind its length.
///
/// Those of the first version did not say how deep they are: their lineages begin with them.
extension WorkItem {
    static let textVersions: ClosedRange<UInt8> = 1...2

    init(text reader: inout FieldReader, version: UInt8) throws(Fault) {
        let requestID = RequestID(try reader.text())
        let function = try Self.name(try reader.text())
        let qualifier = try reader.text()
        let lineage = LineageID(try reader.text())
        let trace = TraceContext(traceparent: try reader.text())
        let accepted = Int64(try reader.text())
        let errors = Int(try reader.byte())
        let depth = version == 1 ? 0 : Int(try reader.text())
        let entry = version == 1 ? nil : try Self.entry(account: try reader.text(), name: try reader.text())
        guard let requestID else { throw .malformed(field: "request id") }
        guard let lineage else { throw .malformed(field: "lineage") }
        guard let trace else { throw .malformed(field: "trace") }
        guard let accepted else { throw .malformed(field: "time") }
        guard let depth, (0...Int(Int32.max)).contains(depth) else { throw .malformed(field: "depth") }
        self.init(
            requestID: requestID, function: function,
            qualifier: try? qualifier.isEmpty ? nil : Qualifier(qualifier),  // Written by us from a Qualifier.
            descent: Descent(lineage: lineage, depth: depth, entry: entry), trace: trace,
            accepted: Instant(milliseconds: accepted), errors: errors, sealed: Array(try reader.field()))
    }

    init(short reader: inout FieldReader) throws(Fault) {
        let requestID = RequestID(high: try reader.number(), low: try reader.number())
        let lineage = LineageID(high: try reader.number(), low: try reader.number())
        let trace = TraceContext(
            high: try reader.number(), low: try reader.number(), span: try reader.number(),
            sampled: try reader.byte() == 1)
        let accepted = Instant(milliseconds: try reader.number())
        let errors = Int(try reader.byte())
        let depth: Int32 = try reader.number()
        let function = try Self.name(try reader.text())
        let qualifier = try reader.text()
        let entry = try Self.entry(account: try reader.text(), name: try reader.text())
        guard depth >= 0 else { throw .malformed(field: "depth") }
        self.init(
            requestID: requestID, function: function,
            qualifier: try? qualifier.isEmpty ? nil : Qualifier(qualifier),  // Written by us from a Qualifier.
            descent: Descent(lineage: lineage, depth: Int(depth), entry: entry), trace: trace, accepted: accepted,
            errors: errors, sealed: Array(try reader.field()))
    }
}
