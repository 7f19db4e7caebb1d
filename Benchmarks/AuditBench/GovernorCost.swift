import Core
import Glibc
import Platform

/// How much processor time the governor costs a call: `admit` and `ended` together, for calls as a warm server sees them.
enum GovernorCost {
    /// Nanoseconds a call, the median of some rounds: each call a lineage of its own, and 64 lineages again and again.
    static func measure() throws -> (new: Double, known: Double) {
        let names = try (0..<16).map {
            FunctionKey(account: .standard, name: try FunctionName("function-number-\($0)"))
        }
        let known = (0..<64).map { _ in LineageID() }
        return (try cost(names) { _ in LineageID() }, try cost(names) { known[$0 & 63] })
    }

    private static func cost(_ names: [FunctionKey], _ lineage: (Int) -> LineageID) throws -> Double {
        let count = 90_000
        let calls = (0..<count).map {
            GovernedCall(
                kind: .invocation, function: names[$0 & 15], descent: Descent(lineage: lineage($0)))
        }
        var times: [Double] = []
        for _ in 0..<5 {
            var state = GovernorState()
            let start = clock()
            var now = GovernorTime(nanoseconds: 1_000_000_000_000)
            for call in calls {
                let ticket = try state.admit(call, at: now)
                now = now.advanced(by: .microseconds(100))
                state.ended(ticket, CallEnd(.success, bytes: 100, megabytes: 128), at: now)
            }
            times.append(Double(clock() - start) * 1_000_000_000 / Double(CLOCKS_PER_SEC) / Double(count))
        }
        return times.sorted()[2]
    }
}
