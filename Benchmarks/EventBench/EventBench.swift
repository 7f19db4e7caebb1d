import BenchReport
import Core
import Foundation
import Logging
import NIOPosix
import Platform
import Storage
import Synchronization
import Vault

/// Measures what fires and what is delivered: `event-bench [folder] [schedules] [due] [seconds] [rounds] [--json]`.
///
/// First so many schedules are registered, of which some are due in one and the same second: how late is what each fires
/// durable on its way? Then deliveries a second to eight targets that take two milliseconds for each, with and without a
/// ninth that is dead (it takes five seconds and then fails) and has a backlog of its own; turn by turn, each in a store
/// of its own.
@main enum EventBench {
    static func main() async throws {
        let report = Report(isJSON: CommandLine.arguments.contains("--json"))
        let arguments = CommandLine.arguments.filter { $0 != "--json" }
        func number(_ place: Int, _ standard: Int) -> Int {
            arguments.count > place ? Int(arguments[place]) ?? standard : standard
        }
        let parent = arguments.count > 1 ? arguments[1] : NSTemporaryDirectory()
        try await with(folderIn: parent) { folder in
            try await SchedulesBench(folder).run(number(2, 100_000), due: number(3, 1000), report)
        }
        try await deliveries(parent, Double(number(4, 2)), number(5, 3), report)
    }

    private static func deliveries(
        _ parent: String, _ seconds: Double, _ rounds: Int, _ report: Report
    ) async throws {
        var rates: [Bool: [Double]] = [:]
        for _ in 0..<rounds {
            for isDisturbed in [false, true] {
                try await with(folderIn: parent) { folder in
                    let rate = try await DeliveriesBench(folder).rate(seconds, isDisturbed: isDisturbed)
                    rates[isDisturbed, default: []].append(rate)
                }
            }
        }
        let median = { (isDisturbed: Bool) in (rates[isDisturbed] ?? []).sorted()[rounds / 2] }
        report.row("deliveries to eight targets", median(false), "/s")
        report.row("deliveries to them beside a dead one", median(true), "/s")
        report.row(
            "deliveries left beside a dead target", 100 * median(true) / median(false), "%", bound: 95, atLeast: true)
    }

    private static func with(folderIn parent: String, _ body: (String) async throws -> Void) async throws {
        let folder = "\(parent)/event-bench-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await body(folder)
    }
}
