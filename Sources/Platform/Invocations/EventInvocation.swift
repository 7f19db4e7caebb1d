import Core
import NIOCore
import Vault

/// An asynchronous call on its way into the work queue.
package struct EventInvocation: Sendable {
    let requestID: RequestID
    let account: AccountID
    let function: FunctionName
    let qualifier: Qualifier?
    /// Where it stands in its lineage.
    let descent: Descent
    /// The function, as the governor tells functions apart.
    let key: FunctionKey
    let trace: TraceContext
    let accepted: Instant
    let payload: ByteBuffer
    let clientContext: String?
    /// Who is told how it ended, beside those that the function names.
    let channels: ResultChannels?

    /// Names the call; what it carries is sealed before it is stored.
    package init(
        requestID: RequestID, account: AccountID, target: ResolvedFunction, descent: Descent, trace: TraceContext,
        accepted: Instant, payload: ByteBuffer, clientContext: String?
    ) {
        self.init(
            requestID: requestID, account: account, function: target.name, qualifier: target.qualifier,
            descent: descent, trace: trace, accepted: accepted, payload: payload, clientContext: clientContext)
    }

    /// Names a call of a function that may not be there.
    init(
        requestID: RequestID, account: AccountID, function: FunctionName, qualifier: Qualifier?, descent: Descent,
        trace: TraceContext, accepted: Instant, payload: ByteBuffer, clientContext: String? = nil,
        channels: ResultChannels? = nil
    ) {
        self.requestID = requestID
        self.account = account
        self.function = function
        self.qualifier = qualifier
        self.descent = descent
        key = FunctionKey(account: account, name: function)
        self.trace = trace
        self.accepted = accepted
        self.payload = payload
        self.clientContext = clientContext
        self.channels = channels
    }
}

/// The secret part of a work item: the event and its client context.
struct EventContent: Equatable {
    let payload: [UInt8]
    let clientContext: String?
    /// Who is told how the call ended, beside those that the function names.
    var channels: ResultChannels?

    init(payload: [UInt8], clientContext: String?) {
        self.payload = payload
        self.clientContext = clientContext
    }

    init(_ bytes: [UInt8]) throws(WorkItem.Fault) {
        var reader = FieldReader(bytes[...])
        let context = try reader.text()
        clientContext = context.isEmpty ? nil : context
        payload = Array(try reader.field())
        guard !reader.remaining.isEmpty else { return }
        // Most calls have none.
        let names = [try reader.text(), try reader.text()].map { try? TopicName($0) }
        channels = ResultChannels(onSuccess: names[0], onFailure: names[1])
    }

    var bytes: [UInt8] {
        var output: [UInt8] = []
        Self.append(payload.span, clientContext, channels, to: &output)
        return output
    }

    /// Appends what is sealed of a payload, a client context, and channels.
    static func append(
        _ payload: Span<UInt8>, _ clientContext: String?, _ channels: ResultChannels?, to output: inout [UInt8]
    ) {
        WorkItem.append((clientContext ?? "").utf8, to: &output)
        output.append(bigEndian: UInt32(payload.count))
        // SAFETY: the bytes are read only inside the closure.
        unsafe payload.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
        if let channels {
            for topic in [channels.onSuccess, channels.onFailure] {
                WorkItem.append((topic?.text ?? "").utf8, to: &output)
            }
        }
    }
}

extension WorkItem {
    /// The bytes of the item of a call, its event and context sealed for it alone: in one piece, because there are many.
    static func bytes(of call: EventInvocation, sealedWith key: SealingKey) -> [UInt8] {
        let head = WorkItem(
            requestID: call.requestID, function: call.function, qualifier: call.qualifier, descent: call.descent,
            trace: call.trace, accepted: call.accepted, sealed: [])
        let binding = EventInvocations.binding(call.account, call.function, call.requestID)
        return head.bytes(withRoomFor: SealingKey.overhead + call.payload.readableBytes) { output in
            key.seal(behind: &output, binding: binding) {
                EventContent.append(call.payload.readableBytesUInt8Span, call.clientContext, call.channels, to: &$0)
            }
        }
    }
}
