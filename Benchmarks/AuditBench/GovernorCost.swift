import Core
import Glibc
import Platform

/// How much processor time the governor costs a call: `admit` and `ended` together, for calls as a warm server sees them.
enum GovernorCost {
    static func measure() throws {
        let names = try (0..<16).map {
            FunctionKey(account: .standard, name: try FunctionName("function-number-\($0)"))
        }
        try row("every call a new lineage", names) { _ in LineageID() }
        let known = (0..<64).map { _ in LineageID() }
        try row("64 lineages again and again", names) { known[$0 & 63] }
    }

    private static func row(_ what: String, _ names: [FunctionKey], _ lineage: (Int) -> LineageID) throws {
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
        print("governor, \(what): \(times.sorted().map { String(Int($0)) }.joined(separator: " / ")) ns a call")
    }
}
