import BenchReport
import Core
import EventPattern
import Foundation

/// Measures how fast events are matched with many rules.
///
/// Events of about 1 KB are matched from their bytes to the names of the rules, with sets of 100, 10,000 and 100,000
/// rules of all kinds of matchers. The baseline is reading the same bytes with Core's JSON parser, which builds a tree.
/// Baseline and sets take turns, fifteen times, so that they share what else the machine does; of each the best counts,
/// in time that the thread ran. Adding is timed once, from the text of the patterns.
///
/// Sets of all sizes match the same names for each event, about one; what differs is how many rules do not match. In
/// `mixed` each rule asks for one of eight sources and for something of its own; in `shared` all ask for the same source;
/// in `ranges` up to a hundred thousand ranges hold the event's number, and another field decides against all of them.
@main
struct PatternBench {
    private static let rounds = 15
    private static let counts = [100, 10_000, 100_000]

    static func main() throws {
        let report = Report(isJSON: CommandLine.arguments.contains("--json"))
        let events = (0..<500).map { SampleEvent(number: $0 % 100, serial: $0).bytes }
        report.row("size of an event", Double(events.reduce(0) { $0 + $1.count } / events.count), "bytes")
        for mixture in Mixture.allCases {
            var sets: [RuleSet<Int>] = []
            for count in counts {
                let texts = (0..<count).map { mixture.rule(number: $0) }
                let start = now
                sets.append(try set(of: texts))
                if count == counts.last {
                    report.row("\(mixture): \(count) rules added", (now - start) / 1e3, "ms", bound: 2000)
                }
            }
            try compare(sets, events, mixture, report)
        }
    }

    private static func set(of texts: [String]) throws -> RuleSet<Int> {
        var rules = RuleSet<Int>()
        for (number, text) in texts.enumerated() { rules.add(try EventPattern(parsing: text), as: number) }
        return rules
    }

    private static func compare(_ sets: [RuleSet<Int>], _ events: [[UInt8]], _ mixture: Mixture, _ report: Report)
        throws
    {
        var parsing = Double.infinity
        var matching = [Double](repeating: .infinity, count: sets.count)
        var found = [Int](repeating: 0, count: sets.count)
        var scratch = MatchScratch()
        for _ in 0..<rounds {
            parsing = min(parsing, try time { for event in events { _ = try JSON(parsing: event) } })
            for place in sets.indices {
                let time = try time {
                    found[place] = 0
                    for event in events {
                        found[place] += try sets[place].names(matching: event, using: &scratch).count
                    }
                }
                matching[place] = min(matching[place], time)
            }
        }
        let each = { (time: Double) in 1000 * time / Double(events.count) }
        report.row("\(mixture): parsing alone", each(parsing), "ns")
        for (place, count) in counts.enumerated() {
            let name = "\(mixture): \(count) rules"
            report.row("\(name) matched", each(matching[place]), "ns")
            report.row("\(name), of parsing", 100 * matching[place] / parsing, "%", bound: 300)
            report.row("\(name), of 100 rules", 100 * matching[place] / matching[0], "%", bound: 130)
            report.row("\(name), names in 100 events", 100 * Double(found[place]) / Double(events.count), "")
        }
    }

    private static func time(_ body: () throws -> Void) rethrows -> Double {
        let start = now
        try body()
        return now - start
    }

    /// Microseconds that this thread has run.
    private static var now: Double {
        var time = timespec()
        // SAFETY: the call writes the one value that it is given, and this clock is always there.
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }
}
