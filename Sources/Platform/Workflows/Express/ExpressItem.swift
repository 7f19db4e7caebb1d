import Core
import Storage
import Vault

/// An express execution that waits to be run, as it lies in the work queue: its machine in the clear, all else sealed.
struct ExpressItem: Equatable, Sendable {
    /// The queues begin with this; each machine has one.
    static let queues = "workflow-express/"

    private static let version: UInt8 = 1

    let run: RequestID
    let id: ExecutionID
    let revision: String
    let accepted: Instant
    /// JSON.
    let input: String
    let descent: Descent
    let trace: TraceContext

    init(
        run: RequestID, id: ExecutionID, revision: String, accepted: Instant, input: String, descent: Descent,
        trace: TraceContext
    ) {
        self.run = run
        self.id = id
        self.revision = revision
        self.accepted = accepted
        self.input = input
        self.descent = descent
        self.trace = trace
    }

    /// The queue of a machine's executions.
    static func queue(of machine: WorkflowName) -> QueueID { QueueID("\(queues)\(machine)") }

    /// Whose execution it is, and the name of the key that opens it.
    static func owner(_ bytes: [UInt8]) throws(WorkItem.Fault) -> (machine: WorkflowName, key: KeyName) {
        var reader = FieldReader(bytes[...])
        return try owner(&reader)
    }

    private static func owner(
        _ reader: inout FieldReader
    ) throws(WorkItem.Fault) -> (machine: WorkflowName, key: KeyName) {
        let version = try reader.byte()
        guard version == Self.version else { throw .unknownVersion(version) }
        guard let machine = WorkflowName(rawValue: try reader.text()) else { throw .malformed(field: "machine") }
        return (machine, KeyName(text: try reader.text()))
    }

    init(
        _ bytes: [UInt8], of machine: WorkflowName, sealedWith sealing: SealingKey, key: KeyName, _ account: AccountID
    ) throws {
        var outer = FieldReader(bytes[...])
        _ = try Self.owner(&outer)
        run = RequestID(high: try outer.number(), low: try outer.number())
        let opened = try sealing.open(Array(try outer.field()), binding: Self.binding(key, run, account))
        var reader = FieldReader(opened[...])
        guard let name = WorkflowName(rawValue: try reader.text()) else {
            throw WorkItem.Fault.malformed(field: "name")
        }
        id = ExecutionID(machine: machine, name: name)
        revision = try reader.text()
        accepted = Instant(milliseconds: try reader.number())
        input = try reader.text()
        let lineage = LineageID(high: try reader.number(), low: try reader.number())
        descent = try DescentField.read(&reader, in: lineage)
        trace = TraceContext(
            high: try reader.number(), low: try reader.number(), span: try reader.number(),
            sampled: try reader.byte() == 1)
    }

    func bytes(sealedWith sealing: SealingKey, key: KeyName, _ account: AccountID) -> [UInt8] {
        var inner: [UInt8] = []
        WorkItem.append(id.name.text.utf8, to: &inner)
        WorkItem.append(revision.utf8, to: &inner)
        inner.append(bigEndian: UInt64(bitPattern: accepted.milliseconds))
        WorkItem.append(input.utf8, to: &inner)
        inner.append(bigEndian: descent.lineage.words.high, descent.lineage.words.low)
        DescentField.append(descent, to: &inner)
        inner.append(bigEndian: trace.traceHigh, trace.traceLow, trace.span)
        inner.append(trace.sampled ? 1 : 0)
        var output: [UInt8] = [Self.version]
        WorkItem.append(id.machine.text.utf8, to: &output)
        WorkItem.append(key.text.utf8, to: &output)
        output.append(bigEndian: run.words.high, run.words.low)
        WorkItem.append(sealing.seal(inner, binding: Self.binding(key, run, account)), to: &output)
        return output
    }

    private static func binding(_ key: KeyName, _ run: RequestID, _ account: AccountID) -> Binding {
        Binding(account: account, resource: key.text, use: "express/\(run)")
    }
}
