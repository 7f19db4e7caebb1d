import Core

/// An asynchronous call as it lies in the work queue: who and when in the clear, the event sealed.
///
/// The layout is fixed: a version byte, the numbers in big-endian order, names and the sealed event
/// each behind their length. Items of earlier versions are read too.
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

    private static let version: UInt8 = 4
    /// Did not say which functions lie on the way.
    private static let shortVersion: UInt8 = 3

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
        switch version {
        case Self.version: self = try WorkItem(current: &reader)
        case Self.shortVersion: self = try WorkItem(short: &reader)
        case Self.textVersions: self = try WorkItem(text: &reader, version: version)
        default: throw .unknownVersion(version)
        }
    }

    private init(current reader: inout FieldReader) throws(Fault) {
        requestID = RequestID(high: try reader.number(), low: try reader.number())
        let lineage = LineageID(high: try reader.number(), low: try reader.number())
        trace = TraceContext(
            high: try reader.number(), low: try reader.number(), span: try reader.number(),
            sampled: try reader.byte() == 1)
        accepted = Instant(milliseconds: try reader.number())
        errors = Int(try reader.byte())
        function = try Self.name(try reader.text())
        let qualifier = try reader.text()
        self.qualifier = try? qualifier.isEmpty ? nil : Qualifier(qualifier)  // Written by us from a Qualifier.
        descent = try DescentField.read(&reader, in: lineage)
        sealed = Array(try reader.field())
    }

    var bytes: [UInt8] { bytes(withRoomFor: sealed.count) { $0 += sealed } }

    /// The item with what `appendSealed` appends in place of its own sealed event.
    func bytes(withRoomFor count: Int, _ appendSealed: (inout [UInt8]) -> Void) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(count + 256)
        output.append(Self.version)
        output.append(bigEndian: requestID.words.high, requestID.words.low, lineage.words.high, lineage.words.low)
        output.append(bigEndian: trace.traceHigh, trace.traceLow, trace.span)
        output.append(trace.sampled ? 1 : 0)
        output.append(bigEndian: UInt64(bitPattern: accepted.milliseconds))
        output.append(UInt8(clamping: errors))
        Self.append(function.text.utf8, to: &output)
        Self.append((qualifier?.description ?? "").utf8, to: &output)
        DescentField.append(descent, to: &output)
        let place = output.count
        output.append(bigEndian: UInt32(0))
        appendSealed(&output)
        let length = UInt32(output.count - place - 4)
        for index in 0..<4 { output[place + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
        return output
    }

    static func name(_ text: String) throws(Fault) -> FunctionName {
        do { return try FunctionName(text) } catch { throw .malformed(field: "function") }
    }

    static func entry(account: String, name: String) throws(Fault) -> FunctionKey? {
        guard !account.isEmpty || !name.isEmpty else { return nil }
        do { return FunctionKey(account: try AccountID(account), name: try FunctionName(name)) } catch {
            throw .malformed(field: "entry")
        }
    }

    static func append(_ field: some Collection<UInt8>, to output: inout [UInt8]) {
        output.append(bigEndian: UInt32(field.count))
        output.append(contentsOf: field)
    }
}

/// Reads length-prefixed fields.
struct FieldReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// What is not read yet.
    var remaining: ArraySlice<UInt8> { rest }

    mutating func byte() throws(WorkItem.Fault) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .truncated }
        return byte
    }

    mutating func field() throws(WorkItem.Fault) -> ArraySlice<UInt8> {
        let count = Int(try number() as UInt32)
        guard rest.count >= count else { throw .truncated }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger>() throws(WorkItem.Fault) -> Number {
        let size = Number.bitWidth / 8
        guard rest.count >= size else { throw .truncated }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func text() throws(WorkItem.Fault) -> String { String(decoding: try field(), as: UTF8.self) }
}
