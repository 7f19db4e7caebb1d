import Core
import EventPattern
import Foundation

/// Measures how fast events are matched with many rules.
///
/// The baseline is reading the same bytes with Core's JSON parser, which builds a tree, in the same run. Events of about
/// 1 KB are matched with sets of 100, 10,000 and 100,000 rules of all kinds of matchers, from the bytes of the event to
/// the names of the rules; of each set about ten rules match an event. Everything is measured five times on the time that
/// the thread ran, and the best is taken. Three mixtures of rules are told apart: `mixed`, where each rule asks for a
/// source and for a value of its own; `ranges`, where many rules hold a number but another field decides; and `shared`,
/// where all rules ask for the same source first.
@main
struct PatternBench {
    static func main() throws {
        let events = (0..<500).map { SampleEvent(number: $0).bytes }
        let bytes = events.reduce(0) { $0 + $1.count }
        let parsing = try best { for event in events { _ = try JSON(parsing: event) } } / Double(events.count)
        print("events of \(bytes / events.count) bytes; parsing alone \(shown(parsing)) µs")
        for mixture in Mixture.allCases {
            var small = 0.0
            for count in [100, 10_000, 100_000] {
                let texts = (0..<count).map { mixture.rule(number: $0, of: count) }
                var rules = RuleSet<Int>()
                let start = now
                for (number, text) in texts.enumerated() {
                    rules.add(try EventPattern(parsing: text), as: number)
                }
                let adding = now - start
                var scratch = MatchScratch()
                var found = 0
                let matching =
                    try best {
                        found = 0
                        for event in events { found += try rules.names(matching: event, using: &scratch).count }
                    } / Double(events.count)
                if count == 100 { small = matching }
                print(
                    "\(mixture.rawValue), \(count) rules: added in \(shown(adding / 1e6)) s;",
                    "matched in \(shown(matching)) µs (\(Int(1e6 / matching)) events/s),",
                    "\(shown(matching / parsing)) × parsing, \(shown(matching / small)) × 100 rules;",
                    "\(shown(Double(found) / Double(events.count))) rules an event")
            }
        }
    }

    private static func best(_ body: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            let start = now
            try body()
            best = min(best, now - start)
        }
        return best
    }

    /// Microseconds that this thread has run.
    private static var now: Double {
        var time = timespec()
        // SAFETY: the call writes the one value that it is given, and this clock is always there.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    private static func shown(_ value: Double) -> String { String(format: "%.2f", value) }
}
