import Core
import NIOCore
import Testing
import Vault

@testable import Platform

private func item(errors: Int = 0, accepted: Int64 = 0) throws -> WorkItem {
    WorkItem(
        requestID: RequestID(), function: try FunctionName("orders"), qualifier: .version(3), descent: Descent(),
        trace: TraceContext(), accepted: Instant(milliseconds: accepted), errors: errors, sealed: [1, 2, 3])
}

@Test func `a work item survives the store, and every cut of it is refused`() throws {
    let item = try item(errors: 2)
    #expect(try WorkItem(item.bytes) == item)
    for length in 0..<item.bytes.count {
        #expect(throws: WorkItem.Fault.self) { try WorkItem(Array(item.bytes.prefix(length))) }
    }
}

@Test func `a work item says how deep it is and where its lineage began`() throws {
    let entry = FunctionKey(account: .standard, name: try FunctionName("door"))
    let deep = WorkItem(
        requestID: RequestID(), function: try FunctionName("orders"), qualifier: nil,
        descent: Descent(depth: 7, entry: entry, visits: [Descent.Visit(function: entry, count: 3)]),
        trace: TraceContext(), accepted: Instant(milliseconds: 0), sealed: [1])
    let read = try WorkItem(deep.bytes)
    #expect(read == deep && read.descent.depth == 7 && read.descent.entry == entry)
    let anew = read.anew(at: Instant(milliseconds: 9))
    #expect(anew.lineage == deep.lineage && anew.descent.depth == 0 && anew.descent.entry == entry)
}

/// An item as the first two versions wrote it: every field as text behind its length.
private func text(_ item: WorkItem, version: UInt8) -> [UInt8] {
    var bytes = [version]
    for text in [
        "\(item.requestID)", item.function.text, item.qualifier?.description ?? "", "\(item.lineage)",
        item.trace.traceparent, "\(item.accepted.milliseconds)",
    ] { WorkItem.append(text.utf8, to: &bytes) }
    bytes.append(UInt8(item.errors))
    if version == 2 {
        for text in [
            "\(item.descent.depth)", item.descent.entry?.account.text ?? "", item.descent.entry?.name.text ?? "",
        ] { WorkItem.append(text.utf8, to: &bytes) }
    }
    WorkItem.append(item.sealed, to: &bytes)
    return bytes
}

/// An item as the third version wrote it: without the functions on the way.
private func short(_ item: WorkItem) -> [UInt8] {
    var bytes: [UInt8] = [3]
    let (request, lineage, trace) = (item.requestID.words, item.lineage.words, item.trace)
    bytes.append(bigEndian: request.high, request.low, lineage.high, lineage.low)
    bytes.append(bigEndian: trace.traceHigh, trace.traceLow, trace.span)
    bytes.append(trace.sampled ? 1 : 0)
    bytes.append(bigEndian: UInt64(bitPattern: item.accepted.milliseconds))
    bytes.append(UInt8(item.errors))
    bytes.append(bigEndian: UInt32(item.descent.depth))
    for text in [
        item.function.text, item.qualifier?.description ?? "", item.descent.entry?.account.text ?? "",
        item.descent.entry?.name.text ?? "",
    ] { WorkItem.append(text.utf8, to: &bytes) }
    WorkItem.append(item.sealed, to: &bytes)
    return bytes
}

@Test(arguments: [1, 2, 3] as [UInt8]) func `a work item of an earlier version is read`(version: UInt8) throws {
    let entry = version > 1 ? FunctionKey(account: .standard, name: try FunctionName("door")) : nil
    let item = WorkItem(
        requestID: RequestID(), function: try FunctionName("orders"), qualifier: .latest,
        descent: Descent(depth: version > 1 ? 7 : 0, entry: entry), trace: TraceContext(),
        accepted: Instant(milliseconds: 5), errors: 1, sealed: [1, 2])
    #expect(try WorkItem(version == 3 ? short(item) : text(item, version: version)) == item)
    #expect(throws: WorkItem.Fault.unknownVersion(5)) { try WorkItem([5] + item.bytes.dropFirst()) }
}

@Test func `what the governor holds back waits a little, and what it will never let begin is set aside`() throws {
    let policy = RetryPolicy()
    func decide(_ attempt: RetryPolicy.Attempt, now: Int64 = 0) throws -> RetryPolicy.Decision {
        policy.decide(
            attempt, item: try item(), attempts: 40, settings: EventInvokeConfiguration(),
            now: Instant(milliseconds: now))
    }
    #expect(try decide(.held) == .retry(after: .milliseconds(500), countsAsError: false))
    #expect(try decide(.held, now: 7 * 3_600_000) == .deadLetter(reason: "EventAgeExceeded"))
    #expect(try decide(.refused(budget: .calls)) == .deadLetter(reason: "LineageBudgetExhausted: calls"))
}

@Test func `what is written down of a call holds its event, sealed for it alone`() throws {
    let key = RootKey().makeKey(for: .standard).key.makeKey(for: "function/orders").key
    let call = EventInvocation(
        requestID: RequestID(), account: .standard, function: try FunctionName("orders"), qualifier: .version(3),
        descent: Descent(depth: 2), trace: TraceContext(), accepted: Instant(milliseconds: 7),
        payload: ByteBuffer(string: #"{"secret":1}"#), clientContext: "{}")
    let bytes = WorkItem.bytes(of: call, sealedWith: key)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("secret"))
    let item = try WorkItem(bytes)
    #expect(item.requestID == call.requestID && item.descent == call.descent && item.accepted == call.accepted)
    let binding = EventInvocations.binding(.standard, call.function, call.requestID)
    let content = try EventContent(key.open(item.sealed, binding: binding))
    #expect(content == EventContent(payload: Array(#"{"secret":1}"#.utf8), clientContext: "{}"))
}

@Test func `an event and its context survive together`() throws {
    let content = EventContent(payload: Array("{}".utf8), clientContext: #"{"client":1}"#)
    #expect(try EventContent(content.bytes) == content)
    var told = content
    told.channels = ResultChannels(onFailure: try TopicName("alerts"))
    #expect(try EventContent(told.bytes) == told)
}

@Test func `a function error is retried after one and two minutes and then set aside`() throws {
    let policy = RetryPolicy()
    let settings = EventInvokeConfiguration()
    let now = Instant(milliseconds: 1000)
    func decide(_ errors: Int) throws -> RetryPolicy.Decision {
        policy.decide(
            .failed(kind: "Unhandled"), item: try item(errors: errors), attempts: errors + 1, settings: settings,
            now: now)
    }
    #expect(try decide(0) == .retry(after: .seconds(60), countsAsError: true))
    #expect(try decide(1) == .retry(after: .seconds(120), countsAsError: true))
    #expect(try decide(2) == .deadLetter(reason: "RetriesExhausted: Unhandled"))
}

@Test func `a throttled event waits longer each time, up to five minutes, and not beyond its age`() throws {
    let policy = RetryPolicy()
    let settings = EventInvokeConfiguration()
    func decide(_ attempts: Int, now: Int64 = 0) throws -> RetryPolicy.Decision {
        policy.decide(
            .notRun(reason: ""), item: try item(), attempts: attempts, settings: settings,
            now: Instant(milliseconds: now))
    }
    #expect(try decide(1) == .retry(after: .seconds(1), countsAsError: false))
    #expect(try decide(4) == .retry(after: .seconds(8), countsAsError: false))
    #expect(try decide(40) == .retry(after: .seconds(300), countsAsError: false))
    #expect(try decide(40, now: 21_600_000) == .deadLetter(reason: "EventAgeExceeded"))
}

@Test func `an error object names the limit that was hit`() throws {
    let payload = FunctionFault.outOfMemory(limit: 128).payload(requestID: "r")
    let json = try JSON(parsing: Array(payload.readableBytesView))
    #expect(json["errorType"]?.string == "Runtime.OutOfMemory")
    #expect(json["errorMessage"]?.string?.contains("128 MB") == true)
    let host = try JSON(parsing: Array(FunctionFault.hostOutOfMemory.payload(requestID: "r").readableBytesView))
    #expect(host["errorMessage"]?.string?.contains("host") == true)
}
