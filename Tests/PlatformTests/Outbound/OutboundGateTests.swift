import Core
import NIOCore
import NIOPosix
import Sandboxing
import Storage
import Synchronization
import Testing
import Vault

@testable import Egress
@testable import Platform

struct OutboundGateTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    /// A gate and its governor, and the cause of what sandbox 1 does.
    private struct Fixture {
        let gate: OutboundGate
        let governor: Governor
        let cause = Cause(descent: Descent(), trace: TraceContext())
        let cuts = Cuts()

        final class Cuts: Sendable {
            let reasons = Mutex<[String]>([])
        }

        func attempt(_ host: String = "api.example") throws -> EgressAttempt {
            EgressAttempt(
                caller: "fn",
                context: OutboundOrigin(function: try FunctionName("resize"), sandbox: SandboxID(number: 1)),
                way: .tunnel, host: try Host(host), port: .https, method: nil, rule: "r")
        }

        /// What the governor says of an attempt.
        func ask(_ attempt: EgressAttempt) async -> String {
            let (cause, cuts) = (cause, cuts)
            return await withCheckedContinuation { continuation in
                gate.pass(
                    attempt, EgressCut { reason in cuts.reasons.withLock { $0.append(reason) } }, { _ in cause }
                ) { decision in
                    switch decision {
                    case .open: continuation.resume(returning: "open")
                    case .refuse(let reason): continuation.resume(returning: reason)
                    }
                }
            }
        }

        func charge(_ attempt: EgressAttempt, _ bytes: Int) async {
            await withCheckedContinuation { continuation in
                gate.charge(attempt.number, bytes) { continuation.resume() }
            }
        }

        func end(_ attempt: EgressAttempt, sent: Int64, _ outcome: EgressOutcome = .passed) {
            gate.ended(
                EgressRecord(
                    attempt: attempt.number, caller: "fn", way: .tunnel, host: nil, port: nil, method: nil, rule: nil,
                    address: nil, bytesOut: sent, bytesIn: 0, started: .now, duration: .zero, outcome: outcome))
        }
    }

    private func with(_ body: (Fixture) async throws -> Void) async throws {
        let store = MemoryStore()
        let keys = Keys(store: store, root: RootKey())
        try await AuditFixture.withFolder { folder in
            let audit = try AuditTrail(folder: folder, account: .standard, keys: AuditFixture.keys)
            let governor = Governor(eventLoop: loop, account: .standard, store: store, keys: keys, audit: audit)
            let gate = OutboundGate(account: .standard, governor: governor)
            await governor.watch { scope, rule, _ in gate.ruled(scope, rule) }
            try await body(Fixture(gate: gate, governor: governor))
            await audit.close()
        }
    }

    @Test func `a call is refused before it begins, and room that is given back is there for the next`() async throws {
        try await with { fixture in
            try await fixture.governor.limit(.target("api.example"), rate: nil, concurrency: 1, by: "arn:ada")
            let first = try fixture.attempt()
            #expect(await fixture.ask(first) == "open")
            #expect(await fixture.ask(try fixture.attempt()).contains("target/api.example"))
            #expect(await fixture.ask(try fixture.attempt("other.example")) == "open")
            fixture.end(first, sent: 10)
            #expect(await fixture.ask(try fixture.attempt()) == "open")
            #expect(fixture.cuts.reasons.withLock { $0 } == [])
        }
    }

    @Test func `a rate is judged call by call, however many ask at once`() async throws {
        try await with { fixture in
            try await fixture.governor.limit(.kind(.outbound), rate: 3, concurrency: nil, by: "arn:ada")
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<40 { group.addTask { await fixture.ask(try fixture.attempt()) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect((3...5).contains(answers.count { $0 == "open" }))
        }
    }

    @Test func `bytes are charged while a call goes on, once, and cut it when they are used up`() async throws {
        try await with { fixture in
            var budget = LineageBudget()
            budget.egressBytes = 1000
            try await fixture.governor.setBudget(budget, for: nil, by: "arn:ada")
            let call = try fixture.attempt()
            #expect(await fixture.ask(call) == "open")
            await fixture.charge(call, 600)
            #expect(fixture.cuts.reasons.withLock { $0 } == [])
            fixture.end(call, sent: 900)
            // 900 were sent, and not 600 and then 900.
            let another = try fixture.attempt()
            #expect(await fixture.ask(another) == "open")
            await fixture.charge(another, 101)
            #expect(fixture.cuts.reasons.withLock { $0 }.count == 1)
            fixture.end(another, sent: 101, .broken(.cut("")))
            #expect(await fixture.ask(try fixture.attempt()).contains("budget"))
            // What has ended, or never began, is nobody's to charge.
            await fixture.charge(call, 5)
        }
    }

    @Test func `a stop ends what is open, and refuses at once`() async throws {
        try await with { fixture in
            #expect(await fixture.ask(try fixture.attempt()) == "open")
            try await fixture.governor.stop(.target("api.example"), by: "arn:ada")
            #expect(fixture.cuts.reasons.withLock { $0 }.count == 1)
            #expect(await fixture.ask(try fixture.attempt()) != "open")
        }
    }

    @Test func `who is gone before the governor was asked is not counted`() async throws {
        try await with { fixture in
            try await fixture.governor.limit(.target("api.example"), rate: nil, concurrency: 1, by: "arn:ada")
            let call = try fixture.attempt()
            let cause = fixture.cause
            try await loop.submit {
                // On the governor's own event loop nothing that was ordered is done in between.
                fixture.gate.pass(call, EgressCut { _ in }, { _ in cause }) { _ in Issue.record("it was asked about") }
                fixture.end(call, sent: 0, .abandoned)
            }.get()
            #expect(await fixture.ask(try fixture.attempt()) == "open")
        }
    }
}
