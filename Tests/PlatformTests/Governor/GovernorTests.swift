import Core
import NIOCore
import NIOPosix
import Storage
import Synchronization
import Testing
import Vault

@testable import Platform

struct GovernorTests {
    private let store = MemoryStore()
    private let keys: Keys
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    init() { keys = Keys(store: store, root: RootKey()) }

    private func withGovernor(_ body: (Governor, AuditTrail) async throws -> Void) async throws {
        try await AuditFixture.withFolder { folder in
            let audit = try AuditTrail(folder: folder, account: .standard, keys: AuditFixture.keys)
            try await body(governor(audit), audit)
            await audit.close()
            if let first = try AuditFixture.entries(folder).first(where: { $0.record.kind == .governor }) {
                #expect(first.record.principal == "arn:ada" && first.record.action.hasPrefix("governor:"))
            }
        }
    }

    private func governor(_ audit: AuditTrail) -> Governor {
        Governor(eventLoop: loop, account: .standard, store: store, keys: keys, audit: audit)
    }

    @Test func `what was told outlives a restart, is sealed, and is in the audit trail`() async throws {
        let function = try GovernorFixture.function("resize")
        try await withGovernor { governor, audit in
            try await governor.stop(.target("evil.example"), by: "arn:ada", reason: "leaks")
            try await governor.limit(.function(function), rate: 5, concurrency: 2, by: "arn:ada")
            try await governor.stop(.kind(.stream), by: "arn:ada")
            try await governor.lift(.kind(.stream), by: "arn:ada")
            var budget = LineageBudget()
            budget.calls = 7
            try await governor.setBudget(budget, for: function, by: "arn:ada")
            #expect(audit.head.place.sequence == 6)

            let again = self.governor(audit)
            try await again.restore()
            #expect(await again.rules == governor.rules)
            #expect(await again.rules.map(\.scope) == ["function/000000000000/resize", "target/evil.example"])
            #expect(await again.budgets == governor.budgets)
            #expect(await again.budgets.last?.calls == 7)
            let call = try GovernorFixture.call(kind: .outbound, target: "evil.example")
            await #expect(throws: GovernorRefusal.self) { _ = try await again.admit(call) }
        }
        for kind in ["governor-rule", "governor-budget"] {
            let page = try await store.scan(Partition(account: .standard), .kind(kind), after: nil, limit: 10)
            #expect(!page.records.isEmpty)
            for record in page.records {
                let text = String(decoding: record.value, as: UTF8.self) + record.key.id
                #expect(!text.contains("evil") && !text.contains("resize"))
            }
        }
    }

    @Test func `a call is admitted and ended on the event loop without a hop`() async throws {
        try await withGovernor { governor, _ in
            let call = try GovernorFixture.call()
            try await loop.submit {
                try governor.assumeIsolated { governor in
                    governor.ended(try governor.admit(call), CallEnd(.success, bytes: 10))
                }
            }.get()
            #expect(await governor.snapshot(top: 3).functions.count == 1)
        }
    }

    @Test func `what makes no sense is refused, and what is not there cannot be lifted`() async throws {
        try await withGovernor { governor, _ in
            await #expect(throws: GovernorError.invalid) {
                try await governor.limit(.everything, rate: -1, concurrency: nil, by: "arn:ada")
            }
            await #expect(throws: GovernorError.invalid) {
                try await governor.limit(.everything, rate: .nan, concurrency: nil, by: "arn:ada")
            }
            await #expect(throws: GovernorError.invalid) {
                try await governor.limit(.everything, rate: nil, concurrency: nil, by: "arn:ada")
            }
            await #expect(throws: GovernorError.invalid) {
                try await governor.stop(.target(String(repeating: "a", count: 300)), by: "arn:ada")
            }
            await #expect(throws: GovernorError.noRule(scope: "all")) {
                try await governor.lift(.everything, by: "arn:ada")
            }
            #expect(await governor.rules.isEmpty)
        }
    }

    @Test func `a stop holds even if it can be recorded nowhere, and says so; nothing else is done then`() async throws
    {
        try await withGovernor { governor, audit in
            await audit.close()
            let keeping = try await governor.stop(.everything, by: "arn:ada")
            #expect(!keeping.isRecorded && keeping.isStored)
            await #expect(throws: GovernorError.notAudited(.unavailable)) {
                try await governor.setBudget(LineageBudget(), for: nil, by: "arn:ada")
            }
            #expect(await governor.budgets.first?.setBy != "arn:ada")
            await #expect(throws: GovernorRefusal.self) { _ = try await governor.admit(try GovernorFixture.call()) }
            await #expect(throws: GovernorError.notAudited(.unavailable)) {
                try await governor.lift(.everything, by: "arn:ada")
            }
            #expect(await governor.rules.count == 1)
        }
    }

    @Test func `a stop that could not be recorded is as soon as it can be, once, also after a restart`() async throws {
        try await withGovernor { governor, audit in
            try await governor.stop(.kind(.queue), by: "arn:ada")
            await audit.close()
            let keeping = try await governor.stop(.everything, by: "arn:ada", reason: "fire")
            #expect(!keeping.isRecorded && keeping.isStored)
        }
        for start in 0..<3 {
            try await AuditFixture.withFolder { folder in
                let audit = try AuditTrail(folder: folder, account: .standard, keys: AuditFixture.keys)
                let governor = governor(audit)
                try await governor.restore()
                await #expect(throws: GovernorRefusal.self) { _ = try await governor.admit(try GovernorFixture.call()) }
                try await oneSecond(of: governor)
                await audit.close()
                let records = try AuditFixture.entries(folder).map(\.record).filter { $0.kind == .governor }
                #expect(records.map(\.resource) == (start == 0 ? ["all"] : []))
                let facts = records.first?.facts.map { "\($0.name) \($0.value)" }
                if start == 0 { #expect(facts == ["reason fire", "recorded late"]) }
            }
        }
    }

    @Test func `a stop holds while the disk is full, and is stored as soon as there is room`() async throws {
        let full = FullStore(store)
        try await AuditFixture.withFolder { folder in
            let audit = try AuditTrail(folder: folder, account: .standard, keys: AuditFixture.keys)
            let governor = Governor(eventLoop: loop, account: .standard, store: full, keys: keys, audit: audit)
            // What it is sealed with is there by now.
            try await governor.stop(.kind(.queue), by: "arn:ada")
            full.isFull.store(true, ordering: .relaxed)
            let keeping = try await governor.stop(.everything, by: "arn:ada")
            #expect(keeping == StopKeeping(isRecorded: true, isStored: false))
            await #expect(throws: GovernorRefusal.self) { _ = try await governor.admit(try GovernorFixture.call()) }
            await #expect(throws: GovernorError.notDurable(.full)) {
                try await governor.lift(.everything, by: "arn:ada")
            }
            try await oneSecond(of: governor)
            full.isFull.store(false, ordering: .relaxed)
            try await oneSecond(of: governor)
            await audit.close()
            let stops = try AuditFixture.entries(folder).map(\.record).filter { $0.action == "governor:Stop" }
            #expect(stops.map(\.resource) == ["kind/queue", "all"])
        }
        try await withGovernor { next, _ in
            try await next.restore()
            #expect(await next.rules.map(\.scope) == ["all", "kind/queue"])
        }
    }

    @Test func `before a lift is recorded, the stop is that could not be`() async throws {
        try await withGovernor { governor, audit in
            await audit.close()
            let keeping = try await governor.stop(.everything, by: "arn:ada")
            #expect(!keeping.isRecorded && keeping.isStored)
        }
        try await withGovernor { governor, audit in
            try await governor.restore()
            try await governor.lift(.everything, by: "arn:ada")
            #expect(audit.head.place.sequence == 3)
            try await oneSecond(of: governor)
            #expect(audit.head.place.sequence == 3)
            #expect(await governor.rules.isEmpty)
        }
    }

    /// Lets the governor do once what it does every second.
    private func oneSecond(of governor: Governor) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await governor.run() }
            try await Task.sleep(for: .milliseconds(300))
            group.cancelAll()
        }
    }

    @Test func `stops that find no room among those to be recorded are counted`() throws {
        var backlog = StopBacklog()
        let count = StopBacklog.limit + 7
        for number in 0..<count {
            let rule = GovernorFixture.rule(.target("h\(number)"), .stop)
            let record = AuditRecord(time: Instant(milliseconds: 1), kind: .governor, action: "governor:Stop")
            backlog.add(StopBacklog.Owed(record: record, scope: .target("h\(number)"), rule: rule))
        }
        var taken = 0
        while let owed = backlog.takeFirst() {
            #expect(owed.scope == .target("h\(taken)"))
            if taken == 3 {
                backlog.putBack(owed)
                #expect(backlog.takeFirst() == owed)
            }
            taken += 1
        }
        #expect(taken == StopBacklog.limit && !backlog.isEmpty)
        let omitted = backlog.takeOmission(at: Instant(milliseconds: 2))
        #expect(omitted?.facts.first?.value == "7" && backlog.isEmpty)
    }

    @Test func `whoever watches hears of rules at once, even of those that cannot be kept`() async throws {
        try await withGovernor { governor, audit in
            let heard = Mutex<[String]>([])
            await governor.watch { scope, rule, endingCalls in
                heard.withLock { $0.append("\(scope) \(rule.map { "\($0.action)" } ?? "lifted") \(endingCalls)") }
            }
            try await governor.stop(.kind(.queue), endingCalls: true, by: "arn:ada")
            try await governor.lift(.kind(.queue), by: "arn:ada")
            await audit.close()
            let keeping = try await governor.stop(.everything, by: "arn:ada")
            #expect(!keeping.isRecorded && keeping.isStored)
            #expect(heard.withLock { $0 } == ["kind/queue stop true", "kind/queue lifted false", "all stop false"])
        }
    }

    @Test func `a used-up budget is in the audit trail, once for a lineage`() async throws {
        try await AuditFixture.withFolder { folder in
            let audit = try AuditTrail(folder: folder, account: .standard, keys: AuditFixture.keys)
            let governor = governor(audit)
            let deep = try GovernorFixture.call(depth: 65)
            for _ in 0..<3 { await #expect(throws: GovernorRefusal.self) { _ = try await governor.admit(deep) } }
            await #expect(throws: GovernorRefusal.self) { try await governor.accept(deep) }
            await audit.close()
            let records = try AuditFixture.entries(folder).map(\.record).filter { $0.kind == .governor }
            #expect(records.map(\.action) == ["governor:BudgetExhausted"])
            #expect(records.first?.resource == "lineage/\(deep.lineage)" && records.first?.lineage == deep.lineage)
            #expect(records.first?.outcome == .denied("depth"))
        }
    }
}
