import Core
import Storage

/// Something about an execution that a task of another has begun, on its way through the work queue.
///
/// The layout is fixed: a version byte, the kind, whether the output is wanted as JSON, the task's number, and two names.
struct ChildNotice: Equatable, Sendable {
    enum Kind: UInt8 {
        /// It has ended: its parent may go on.
        case ended
        /// Nobody waits for it any more: it is to be stopped.
        case left
    }

    /// Beside the queues of tasks, so that the same workers look after it.
    static let queue = QueueID(TaskItem.queues + "children")
    /// Tasks have another one in its place.
    private static let version: UInt8 = 0x81

    let kind: Kind
    let parent: ExecutionID
    let work: Int
    let isParsed: Bool
    let child: ExecutionID

    init(_ kind: Kind, parent: ExecutionID, work: Int, isParsed: Bool = false, child: ExecutionID) {
        self.kind = kind
        self.parent = parent
        self.work = work
        self.isParsed = isParsed
        self.child = child
    }

    /// Reads what `bytes` wrote; anything else is `nil`.
    init?(_ bytes: [UInt8]) {
        guard bytes.first == Self.version else { return nil }
        var reader = FieldReader(bytes.dropFirst())
        // What is cut off was not written by us.
        guard let kind = (try? reader.byte()).flatMap(Kind.init), let flag = try? reader.byte(),
            let work = try? reader.number() as UInt32, let parent = (try? reader.text()).flatMap({ ExecutionID($0) }),
            let child = (try? reader.text()).flatMap({ ExecutionID($0) })
        else { return nil }
        self.init(kind, parent: parent, work: Int(work), isParsed: flag == 1, child: child)
    }

    var bytes: [UInt8] {
        var output: [UInt8] = [Self.version, kind.rawValue, isParsed ? 1 : 0]
        output.append(bigEndian: UInt32(clamping: work))
        WorkItem.append(parent.description.utf8, to: &output)
        WorkItem.append(child.description.utf8, to: &output)
        return output
    }

    var operation: WriteOperation { .enqueue(Self.queue, body: bytes) }

    /// The request by which the task begins its execution.
    var request: RequestID { TaskItem(execution: parent, work: work).request }
}
