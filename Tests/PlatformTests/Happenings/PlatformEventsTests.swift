import Core
import Logging
import Storage
import TestSupport
import Testing
import Vault

@testable import Platform

struct PlatformEventsTests {
    private let fixture = EventFixture()
    private let happenings = PlatformEvents(logger: Logger(label: "test"))

    private func server(_ pattern: String?) async throws -> EventBuses {
        let buses = try await fixture.server()
        happenings.attach(buses)
        guard let pattern else { return buses }
        let id = try EventFixture.id("r")
        try await buses.putRule(id, EventRuleSettings(pattern: pattern, schedule: nil), tags: [:])
        try await buses.putTargets([EventTarget(id: "t", arn: EventFixture.target)], of: id)
        return buses
    }

    private func failure(_ descent: Descent = Descent()) -> Happening {
        .callFailed(
            function: "arn:aws:lambda:us-east-1:000000000000:function:f", request: RequestID(),
            reason: "RetriesExhausted: Unhandled", attempts: 3, version: .latest, isFunctionError: true, descent,
            TraceContext(), at: fixture.clock.now)
    }

    @Test func `what a rule wants is one operation in the commit of its cause`() async throws {
        let buses = try await server(#"{"source":["aws.lambda"]}"#)
        let identity = Identity(
            account: .standard, store: fixture.store,
            key: try await fixture.keys.key(for: "identity", in: .standard))
        buses.deliveries.add(EventRoute(buses: buses, identity: identity), for: "events")
        let prepared = await happenings.prepared(failure())
        #expect(prepared.operations.count == 1)
        _ = try await fixture.store.commit(fixture.partition, prepared.operations)
        prepared.committed()
        try await fixture.running([{ await DeliveryWorker(buses.deliveries).run() }]) { [fixture] () async throws in
            #expect(try await fixture.eventually { try await fixture.texts().count == 1 })
        }
        let event = try JSON(parsing: try #require(try await fixture.texts().first))
        #expect(event["detail-type"] == "Lambda Function Invocation Result - Failure")
        #expect(event["detail"]?["requestContext"]?["condition"] == "RetriesExhausted")
        #expect(event["detail"]?["responseContext"]?["functionError"] == "Unhandled")
    }

    @Test func `what nobody wants is not written, but can be watched`() async throws {
        let buses = try await server(#"{"source":["other"]}"#)
        let prepared = await happenings.prepared(failure())
        prepared.committed()
        #expect(prepared.operations.isEmpty)
        #expect(buses.recent.events(after: 0, on: nil, matching: nil).events.count == 1)
    }

    @Test func `what a report has caused is not reported, and a report begins a lineage of its own`() async throws {
        let buses = try await server(nil)
        let descent = Descent(depth: 64)
        await happenings.prepared(failure(descent)).committed()
        let report = try #require(buses.recent.events(after: 0, on: nil, matching: nil).events.first?.event)
        #expect(report.descent.isReport && report.descent.lineage != descent.lineage && report.descent.depth == 0)
        let caused = report.descent.below(FunctionKey(account: .standard, name: try FunctionName("f")))
        await happenings.prepared(failure(caused)).committed()
        happenings.tell(failure(caused))
        await happenings.flush()
        #expect(buses.recent.events(after: 0, on: nil, matching: nil).events.count == 1)
    }

    @Test func `what is told waits for nobody and is put on the bus behind it`() async throws {
        let buses = try await server(nil)
        for _ in 0..<5000 { happenings.tell(.server(isStarting: true)) }
        #expect(buses.recent.events(after: 0, on: nil, matching: nil).events.isEmpty)
        await happenings.flush()
        #expect(buses.recent.events(after: 0, on: nil, matching: nil).events.count == 20)
    }

    @Test func `each change of an execution is told, without what is too large`() async throws {
        var execution = Happening.Execution(
            arn: "arn:aws:states:us-east-1:000000000000:execution:m:e", stateMachine: "m", name: "e",
            status: "SUCCEEDED", started: Instant(milliseconds: 1000))
        execution.stopped = Instant(milliseconds: 2000)
        execution.input = "{\"a\":1}"
        var detail = Happening.executionChanged(execution, Descent(), TraceContext()).detail
        #expect(detail["input"] == "{\"a\":1}" && detail["inputDetails"]?["included"] == true)
        #expect(detail["startDate"] == 1000 && detail["stopDate"] == 2000 && detail["output"]?.isNull == true)
        execution.output = String(repeating: "x", count: 250 * 1024)
        detail = Happening.executionChanged(execution, Descent(), TraceContext()).detail
        #expect(detail["input"]?.isNull == true && detail["outputDetails"]?["included"] == false)
    }

    @Test func `a dead letter and its event are one commit, and the event's own dead letter has none`() async throws {
        let deliveries = Deliveries(
            account: .standard, store: fixture.store, keys: fixture.keys, logger: Logger(label: "test"),
            happenings: happenings)
        _ = try await server(#"{"source":["martlet.deliveries"]}"#)
        func parcel(_ descent: Descent) -> Parcel {
            Parcel(
                account: .standard, target: "arn:aws:none:::x", sender: Sender(service: "s", source: "arn:aws:s:::r"),
                descent: descent, trace: TraceContext(), payload: [])
        }
        let first = try await deliveries.prepare(parcel(Descent()))
        #expect(first.operations.count == 2)
        let second = try await deliveries.prepare(parcel(Descent(isReport: true)))
        #expect(second.operations.count == 1)
    }

    @Test func `where one stands is kept with its report, and read without one as before`() throws {
        let lineage = LineageID()
        let key = FunctionKey(account: .standard, name: try FunctionName("f"))
        for isReport in [true, false] {
            let descent = Descent(
                lineage: lineage, depth: 3, entry: key, visits: [.init(function: key, count: 2)], isReport: isReport)
            var bytes: [UInt8] = []
            DescentField.append(descent, to: &bytes)
            var reader = FieldReader(bytes[...])
            let read = try DescentField.read(&reader, in: lineage)
            #expect(read == descent)
        }
    }
}
