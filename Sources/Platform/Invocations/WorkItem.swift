import Core

/// An asynchronous call as it lies in the work queue: who and when in the clear, the event sealed.
///
/// The layout is fixed: a version byte, then every field with its length before it, in big-endian order. Items of the
/// first version, which did not say how deep they are, are read too: their lineages begin with them.
struct WorkItem: Equatable, Sendable {
    let requestID: RequestID
    let function: FunctionName
    let qualifier: Qualifier?
    /// Where it stands in its lineage.
    let descent: Descent
    let trace: TraceContext
    let accepted: Instant
    /// How often the function has failed on this event.
    var errors: Int
    /// The event and its client context, sealed for this function and this request.
    let sealed: [UInt8]

    enum Fault: Error, Equatable { case truncated, unknownVersion(UInt8), malformed(field: String) }

    private static let version: UInt8 = 2
    private static let versionWithoutDepth: UInt8 = 1

    var lineage: LineageID { descent.lineage }

    init(
        requestID: RequestID, function: FunctionName, qualifier: Qualifier?, descent: Descent, trace: TraceContext,
        accepted: Instant, errors: Int = 0, sealed: [UInt8]
    ) {
        self.requestID = requestID
        self.function = function
        self.qualifier = qualifier
        self.descent = descent
        self.trace = trace
        self.accepted = accepted
        self.errors = errors
        self.sealed = sealed
    }

    /// The same call as if it had come at `time` from outside, and had not failed yet.
    ///
    /// It stays in its lineage, so that it can be followed; but now it is caused by whoever lets it be tried anew.
    func anew(at time: Instant) -> WorkItem {
        WorkItem(
            requestID: requestID, function: function, qualifier: qualifier,
            descent: Descent(lineage: lineage, entry: descent.entry), trace: trace, accepted: time, sealed: sealed)
    }

    init(_ bytes: [UInt8]) throws(Fault) {
        var reader = FieldReader(bytes[...])
        let version = try reader.byte()
        guard version == Self.version || version == Self.versionWithoutDepth else { throw .unknownVersion(version) }
        let requestID = RequestID(try reader.text())
        let function = try? FunctionName(try reader.text())  // Told as malformed below.
        let qualifierText = try reader.text()
        let lineage = LineageID(try reader.text())
        let trace = TraceContext(traceparent: try reader.text())
        let accepted = Int64(try reader.text())
        let errors = Int(try reader.byte())
        let (depth, entry) = version == Self.version ? try Self.depth(&reader) : (0, nil)
        guard let requestID else { throw .malformed(field: "request id") }
        guard let function else { throw .malformed(field: "function") }
        guard let lineage else { throw .malformed(field: "lineage") }
        guard let trace else { throw .malformed(field: "trace") }
        guard let accepted else { throw .malformed(field: "time") }
        let qualifier = qualifierText.isEmpty ? nil : try? Qualifier(qualifierText)  // Written by us from a Qualifier.
        self.init(
            requestID: requestID, function: function, qualifier: qualifier,
            descent: Descent(lineage: lineage, depth: depth, entry: entry), trace: trace,
            accepted: Instant(milliseconds: accepted), errors: errors, sealed: Array(try reader.field()))
    }

    var bytes: [UInt8] {
        var output: [UInt8] = [Self.version]
        output.reserveCapacity(sealed.count + 256)
        for text in [
            requestID.description, function.text, qualifier?.description ?? "", lineage.description, trace.traceparent,
            String(accepted.milliseconds),
        ] { Self.append(text.utf8, to: &output) }
        output.append(UInt8(clamping: errors))
        Self.append(String(descent.depth).utf8, to: &output)
        Self.append((descent.entry?.account.text ?? "").utf8, to: &output)
        Self.append((descent.entry?.name.text ?? "").utf8, to: &output)
        Self.append(sealed, to: &output)
        return output
    }

    private static func depth(_ reader: inout FieldReader) throws(Fault) -> (Int, FunctionKey?) {
        let depth = Int(try reader.text())
        let (account, name) = (try reader.text(), try reader.text())
        guard let depth, depth >= 0, depth < .max else { throw .malformed(field: "depth") }
        guard !account.isEmpty || !name.isEmpty else { return (depth, nil) }
        // Told as malformed below.
        guard let account = try? AccountID(account), let name = try? FunctionName(name) else {
            throw .malformed(field: "entry")
        }
        return (depth, FunctionKey(account: account, name: name))
    }

    static func append(_ field: some Collection<UInt8>, to output: inout [UInt8]) {
        let count = UInt32(field.count)
        for shift in stride(from: 24, through: 0, by: -8) { output.append(UInt8(truncatingIfNeeded: count >> shift)) }
        output.append(contentsOf: field)
    }
}

/// Reads length-prefixed fields.
struct FieldReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func byte() throws(WorkItem.Fault) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .truncated }
        return byte
    }

    mutating func field() throws(WorkItem.Fault) -> ArraySlice<UInt8> {
        guard rest.count >= 4 else { throw .truncated }
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(4)
        guard rest.count >= count else { throw .truncated }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func text() throws(WorkItem.Fault) -> String { String(decoding: try field(), as: UTF8.self) }
}
