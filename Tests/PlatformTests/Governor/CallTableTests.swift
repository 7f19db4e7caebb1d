import Core
import Testing

@testable import Platform

struct CallTableTests {
    private let start = GovernorFixture.start

    @Test func `the table shows what goes on by function, kind, target and lineage`() throws {
        var state = GovernorState()
        let lineage = LineageID()
        var now = start
        for number in 0..<20 {
            let first = try state.admit(try GovernorFixture.call(lineage: lineage), at: now)
            let second = try state.admit(
                try GovernorFixture.call(kind: .outbound, target: "api.example.com", lineage: lineage, depth: 1),
                at: now)
            now = now + .milliseconds(3)
            state.ended(second, CallEnd(number == 0 ? .error : .success, bytes: 100), at: now)
            now = now + .milliseconds(7)
            state.ended(first, CallEnd(.success, bytes: 50, megabytes: 128), at: now)
        }
        let open = try state.admit(try GovernorFixture.call(lineage: lineage), at: now)
        let shown = state.table.snapshot(top: 10, at: now)
        let function = try #require(shown.functions.first)
        #expect(function.function == (try GovernorFixture.function("resize")))
        #expect(function.figures.inFlight == 1)
        #expect(abs(function.figures.calls - 4.1) < 0.2)
        let target = try #require(shown.targets.first)
        #expect(target.target == "api.example.com" && abs(target.figures.errors - 0.1) < 0.02)
        #expect(abs(target.figures.bytes - 200) < 10)
        #expect(target.figures.median == .microseconds(3072) && target.figures.slowest == .microseconds(3072))
        #expect(shown.lineages.first?.lineage == lineage)
        let kinds = Dictionary(uniqueKeysWithValues: shown.kinds.map { ($0.kind, $0.figures) })
        #expect(kinds[.invocation]?.inFlight == 1 && kinds[.outbound]?.inFlight == 0)
        #expect(kinds[.invocation]?.median == .microseconds(12_288))
        state.ended(open, CallEnd(.success), at: now)
        let later = state.table.snapshot(top: 10, at: now + .seconds(25))
        #expect(later.functions.first?.figures.calls == 0 && later.functions.first?.figures.median == nil)
    }

    @Test func `a flood of new keys leaves busy rows their places, and is counted as others`() throws {
        var table = ActivityTable<Int>(capacity: 8)
        var now = start
        let busy = table.began(-1, at: now)
        for number in 0..<10_000 {
            now = now + .microseconds(10)
            let place = table.began(number, at: now)
            table.ended(place, CallEnd(.success), after: 1000, at: now)
            if number.isMultiple(of: 4) {
                let used = table.began(-2, at: now)
                table.ended(used, CallEnd(.success), after: 1000, at: now)
            }
        }
        #expect(table.inFlight(-1) == 1)
        let (rows, others) = table.figures(top: 8, at: now)
        #expect(rows.count == 8)
        #expect(rows.first?.key == -2)
        #expect(rows.contains { $0.key == -1 && $0.figures.inFlight == 1 })
        let all = rows.map(\.figures.calls).reduce(0, +) + others.calls
        #expect(abs(all - 1250.1) < 1)
        table.ended(busy, CallEnd(.success), after: 1, at: now)
        #expect(table.inFlight(-1) == 0)
    }

    @Test func `when every row has calls in flight the rest are others, and end as others`() {
        var table = ActivityTable<Int>(capacity: 4)
        let places = (0..<10).map { table.began($0, at: start) }
        #expect(places.filter { $0 == .others }.count == 6)
        #expect(table.figures(top: 4, at: start).others.inFlight == 6)
        for place in places { table.ended(place, CallEnd(.success), after: 1, at: start) }
        let (rows, others) = table.figures(top: 4, at: start)
        #expect(others.inFlight == 0 && rows.allSatisfy { $0.figures.inFlight == 0 })
    }

    @Test func `a quantile is never too low and at most by half too high`() {
        for exact in [64, 65, 95, 96, 100, 1000, 5000, 123_456, 9_999_999, 600_000_000] as [UInt64] {
            var histogram = LatencyHistogram()
            histogram.add(nanoseconds: exact * 1000)
            let told = (histogram.quantile(0.99) ?? .zero) / .microseconds(1)
            #expect(told >= Double(exact) && told <= Double(exact) * 1.5 + 1, "\(exact)")
        }
        var histogram = LatencyHistogram()
        for _ in 0..<98 { histogram.add(nanoseconds: 100_000) }
        for _ in 0..<2 { histogram.add(nanoseconds: 50_000_000) }
        #expect(histogram.quantile(0.5) == .microseconds(128))
        #expect(histogram.quantile(0.99) == .microseconds(65_536))
        #expect(LatencyHistogram().quantile(0.5) == nil)
    }
}
