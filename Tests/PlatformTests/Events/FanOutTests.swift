import Core
import Storage
import Testing

@testable import Platform

struct FanOutTests {
    private let fixture = EventFixture()

    @Test func `a budget takes the first, whatever its size, and then so many and so much`() {
        var large = FanOut.Budget()
        let taken = [100 << 20, 1].map { large.takes($0) }
        #expect(taken == [true, false])
        var many = FanOut.Budget()
        var count = 0
        while count < 1000, many.takes(1) { count += 1 }
        #expect(count == 200)
    }

    @Test func `what waits for the next commit is read as it was written`() async throws {
        let event = BusEvent(
            EventFixture.event(detail: ["a": 1]), region: .standard, account: .standard, at: Instant(milliseconds: 5))
        let deliveries: [FanOut.Delivery] = [.target(try RuleName("r"), "t"), .archive(try RuleName("a"))]
        let bus = try await fixture.server().arn(.standard)
        let read = try FanOut(
            try FanOut(event: event, deliveries: deliveries).parcel(account: .standard, bus: bus))
        #expect(read.event.bytes == event.bytes)
        #expect(read.event.id == event.id)
        #expect(read.event.ingested == event.ingested)
        #expect(read.deliveries == deliveries)
    }

    @Test func `what transformers make larger than a commit takes goes in several`() async throws {
        let buses = try await fixture.server()
        let transformer = try InputTransformer(
            paths: ["x": "$.detail.x"], template: "[" + Array(repeating: "<x>", count: 90).joined(separator: ",") + "]")
        for number in 0..<20 {
            let id = try EventFixture.id("r\(number)")
            try await buses.putRule(id, EventRuleSettings(pattern: #"{"source":["shop"]}"#, schedule: nil), tags: [:])
            var target = EventTarget(id: "t", arn: EventFixture.target)
            target.input = .transformed(transformer)
            try await buses.putTargets([target], of: id)
        }
        let results = try await buses.put([
            EventFixture.event(detail: ["x": .string(String(repeating: "x", count: 10_000))])
        ])
        #expect((try? results[0].get()) != nil)
        // The first commit took three of them; the others wait in the bus's own queue.
        #expect(try await fixture.texts().count == 3)
        let waiting = try await fixture.store.items(
            fixture.partition, Deliveries.queue(of: buses.arn(.standard).description), after: nil, limit: 9)
        #expect(waiting.count == 1)
    }
}
