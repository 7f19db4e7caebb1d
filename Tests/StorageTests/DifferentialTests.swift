import Core
import Foundation
import TestSupport
import Testing

@testable import Storage

/// The model is the specification: SQLite answers as it does, and the comparison would notice if it did not.
@Suite struct DifferentialTests {
    /// Fixed ones, and one that nobody tried before; or the one in `MARTLET_SEED`, to see a failure again.
    static let seeds: [UInt64] = {
        if let seed = ProcessInfo.processInfo.environment["MARTLET_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return Array(1...7) + (0...Soak.rounds).map { _ in .random(in: 1000..<1 << 32) }
    }()

    @Test(arguments: seeds) func `SQLite answers as the model does`(seed: UInt64) async throws {
        print("differential test: 2500 steps of seed \(seed)")
        let refused = try await Self.run(seed: seed, steps: 2500, mutations: [:])
        #expect(refused > 100, "hardly anything was refused: the commands no longer meet")
    }

    @Test(arguments: Mutant.all) func `a wrong engine is found out`(mutant: Mutant) async throws {
        var found = false
        for seed: UInt64 in 1...6 where !found {
            do {
                _ = try await Self.run(seed: seed, steps: 2500, mutations: mutant.mutations)
            } catch is Differential.Divergence {
                found = true
            }
        }
        #expect(found, "no difference was seen with: \(mutant)")
    }

    private static func run(seed: UInt64, steps: Int, mutations: [String: String]) async throws -> Int {
        let clock = ManualClock()
        return try await withFolder { folder in
            var differential = try Differential(seed: seed, steps: steps, clock: clock) {
                try SQLiteStore(
                    folder: folder, clock: StoreClock { clock.now }, limits: Differential.limits, mutations: mutations)
            }
            try await differential.run()
            return differential.refused
        }
    }
}

/// An engine that is wrong in one place.
struct Mutant: CustomTestStringConvertible {
    let testDescription: String
    let mutations: [String: String]

    static let all = [
        Mutant(
            testDescription: "no promotion on ack",
            mutations: [QueueSQL.promote: "SELECT ?1, ?2"]),
        Mutant(
            testDescription: "ack ignores the token",
            mutations: [
                QueueSQL.held: "SELECT member, attempts FROM item WHERE number = ?1 AND queue = ?2 AND ?3 IS NOT NULL"
            ]),
        Mutant(
            testDescription: "nack keeps the token",
            mutations: [QueueSQL.giveBack: QueueSQL.giveBack.replacing("token = NULL, ", with: "")]),
        Mutant(
            testDescription: "what was no attempt counts as one",
            mutations: [QueueSQL.giveBack: QueueSQL.giveBack.replacing("attempts - ?3", with: "attempts - ?3 * 0")]),
        Mutant(
            testDescription: "a lease does not keep an item from who asks for it by number",
            mutations: [
                QueueSQL.one: QueueSQL.one.replacing("AND (token IS NULL OR visible <= ?)", with: "AND ?3 IS NOT NULL")
            ]),
        Mutant(
            testDescription: "opening leaves leases as they are",
            mutations: [QueueSQL.giveBackAll: "SELECT ?1"]),
        Mutant(
            testDescription: "opening brings forward what waits for its time",
            mutations: [QueueSQL.giveBackAll: "UPDATE item SET visible = min(visible, ?1), token = NULL"]),
        Mutant(
            testDescription: "a group is not locked by its first item",
            mutations: [QueueSQL.occupied: "SELECT 1 WHERE ?1 IS NULL AND ?2 IS NULL"]),
        Mutant(
            testDescription: "no savepoint around a batch",
            mutations: [
                Transaction.savepointSQL: "SELECT 1", Transaction.rollbackToSQL: "SELECT 1",
                Transaction.releaseSQL: "SELECT 1",
            ]),
        Mutant(
            testDescription: "a claim does not count as an attempt",
            mutations: [
                QueueSQL.take: "UPDATE item SET visible = ?2, token = ?3, worker = ?4, claimed = ?5 WHERE number = ?1"
            ]),
    ]
}
