import Core

/// Where a call stands in its lineage, as work items, messages and parcels keep it.
///
/// How deep, from which entry, and the functions on the way with their counts; the lineage itself is kept apart.
enum DescentField {
    /// In the byte with the count of functions, of which there are fewer.
    private static let reportBit: UInt8 = 0x80

    static func append(_ descent: Descent, to output: inout [UInt8]) {
        output.append(bigEndian: UInt32(clamping: min(descent.depth, Int(Int32.max))))
        WorkItem.append((descent.entry?.account.text ?? "").utf8, to: &output)
        WorkItem.append((descent.entry?.name.text ?? "").utf8, to: &output)
        output.append(UInt8(min(descent.visits.count, Descent.visitLimit)) | (descent.isReport ? reportBit : 0))
        for visit in descent.visits.prefix(Descent.visitLimit) {
            WorkItem.append(visit.function.account.text.utf8, to: &output)
            WorkItem.append(visit.function.name.text.utf8, to: &output)
            output.append(bigEndian: UInt32(clamping: min(visit.count, Int(Int32.max))))
        }
    }

    static func read(_ reader: inout FieldReader, in lineage: LineageID) throws(WorkItem.Fault) -> Descent {
        let depth: Int32 = try reader.number()
        let entry = try WorkItem.entry(account: try reader.text(), name: try reader.text())
        guard depth >= 0 else { throw .malformed(field: "depth") }
        var visits: [Descent.Visit] = []
        let count = try reader.byte()
        for _ in 0..<(count & ~reportBit) {
            guard let function = try WorkItem.entry(account: try reader.text(), name: try reader.text()) else {
                throw .malformed(field: "visit")
            }
            visits.append(Descent.Visit(function: function, count: Int(try reader.number() as UInt32)))
        }
        return Descent(
            lineage: lineage, depth: Int(depth), entry: entry, visits: visits, isReport: count & reportBit != 0)
    }
}
