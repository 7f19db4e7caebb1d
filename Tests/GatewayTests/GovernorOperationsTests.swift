import Core
import Foundation
import Logging
import NIOPosix
import Platform
import Storage
import Testing
import Vault

@testable import Gateway

/// The governor over the wire: what operators tell it and see of it, and who may.
@Suite struct GovernorOperationsTests {
    private let lambda = LambdaFixture()

    private struct Wire {
        let governor: Governor
        let operations: [String: OperationHandler]

        func send(
            _ method: String, _ path: String, _ body: JSON? = nil, as principal: Principal = .administrator(.standard)
        ) async throws -> (status: Int, body: JSON) {
            let parts = path.split(separator: "?").map(String.init)
            let request = WireRequest(
                method: method, rawPath: "/2026-11-20/governor" + parts[0],
                rawQuery: parts.count > 1 ? parts[1] : "",
                headers: [
                    "Authorization": "AWS4-HMAC-SHA256 Credential=A/20261120/us-east-1/martlet/aws4_request, x=y"
                ],
                body: body?.serialized ?? [])
            let response = try await answer(request, principal)
            return (response.status, response.body.isEmpty ? [:] : try JSON(parsing: response.body))
        }

        private func answer(_ request: WireRequest, _ principal: Principal) async throws -> WireResponse {
            do throws(WireFailure) {
                let decoded = try Router.decode(request: request)
                let call = Call(principal: principal, account: .standard, region: .standard)
                do {
                    guard let handler = operations[decoded.operation.name] else {
                        throw WireError.unknownOperation(decoded.operation.name, decoded.operation.service)
                    }
                    let output = try await handler(call, decoded.input)
                    return ResponseWriter.response(output, for: decoded.operation, requestID: RequestID())
                } catch let error as WireError {
                    return ResponseWriter.response(error, for: decoded.operation, requestID: RequestID())
                } catch let error as FunctionError {
                    return ResponseWriter.response(WireError(error), for: decoded.operation, requestID: RequestID())
                } catch {
                    Issue.record(error)
                    return ResponseWriter.response(WireError("E", ""), for: decoded.operation, requestID: RequestID())
                }
            } catch { return ResponseWriter.response(error, requestID: RequestID()) }
        }
    }

    private func withWire(_ body: (Wire) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "governor-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (store, root) = (MemoryStore(), RootKey())
        let trail = try AuditTrail(folder: folder, account: .standard, keys: AuditKeys(root))
        let governor = Governor(
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(), account: .standard, store: store,
            keys: Keys(store: store, root: root), audit: trail,
            clock: { GovernorTime(nanoseconds: 1_000_000_000_000) })
        try await lambda.create("f")
        let operations = GovernorOperations(governor: governor, functions: lambda.functions, region: .standard)
        try await body(Wire(governor: governor, operations: operations.operations))
        await trail.close()
    }

    private func call() throws -> GovernedCall {
        GovernedCall(
            kind: .invocation, function: FunctionKey(account: .standard, name: try FunctionName("f")),
            descent: Descent())
    }

    @Test func `a stop holds, is listed with who set it and why, and is lifted`() async throws {
        try await withWire { wire in
            let stop = try await wire.send("POST", "/stop", ["Scope": "function/f", "Reason": "why not"])
            #expect(stop.status == 200)
            await #expect(throws: GovernorRefusal.self) { _ = try await wire.governor.admit(try call()) }
            let rules = try await wire.send("GET", "/rules").body["Rules"]?.array
            #expect(rules?.count == 1 && rules?.first?["Scope"] == "function/000000000000/f")
            #expect(rules?.first?["Action"] == "stop" && rules?.first?["Reason"] == "why not")
            #expect(rules?.first?["SetBy"] == "arn:aws:iam::000000000000:root")
            #expect(try await wire.send("POST", "/lift", ["Scope": "function/000000000000/f"]).status == 200)
            #expect(try await wire.send("POST", "/lift", ["Scope": "function/f"]).status == 404)
            _ = try await wire.governor.admit(try call())
        }
    }

    @Test func `a limit takes a rate, a number of calls, or both`() async throws {
        try await withWire { wire in
            let limit = try JSON(parsing: Array(#"{"Scope": "kind/invocation", "Rate": 2.5, "Concurrency": 1}"#.utf8))
            #expect(try await wire.send("POST", "/limit", limit).status == 200)
            let rule = try await wire.send("GET", "/rules").body["Rules"]?.array?.first
            #expect(rule?["Rate"]?.double == 2.5 && rule?["Concurrency"]?.integer == 1 && rule?["Action"] == "limit")
            _ = try await wire.governor.admit(try call())
            await #expect(throws: GovernorRefusal.self) { _ = try await wire.governor.admit(try call()) }
            #expect(try await wire.send("POST", "/limit", ["Scope": "all"]).status == 400)
        }
    }

    @Test func `a budget is set for an entry point or for all, figure by figure, and taken back`() async throws {
        try await withWire { wire in
            let first = try await wire.send("POST", "/budget", ["Entry": "function/f", "Calls": 7])
            #expect(first.body["Budget"]?["Calls"]?.integer == 7 && first.body["Budget"]?["Depth"]?.integer == 64)
            let second = try await wire.send("POST", "/budget", ["Entry": "function/f", "Depth": 2])
            #expect(second.body["Budget"]?["Calls"]?.integer == 7 && second.body["Budget"]?["Depth"]?.integer == 2)
            let half = try JSON(parsing: Array(#"{"Entry": "any", "GigabyteSeconds": 1.5}"#.utf8))
            _ = try await wire.send("POST", "/budget", half)
            let budgets = try await wire.send("GET", "/rules").body["Budgets"]?.array
            #expect(budgets?.map { $0["Entry"]?.string } == ["any", "function/000000000000/f"])
            #expect(budgets?.first?["GigabyteSeconds"]?.double == 1.5)
            let back = try await wire.send("POST", "/budget", ["Entry": "function/f", "Reset": true])
            #expect(back.body["Budget"]?["Entry"] == "any")
            #expect(try await wire.send("POST", "/budget", ["Entry": "all", "Calls": 1]).status == 400)
        }
    }

    @Test func `the table shows what was called`() async throws {
        try await withWire { wire in
            let ticket = try await wire.governor.admit(try call())
            let top = try await wire.send("GET", "/top?MaxItems=5").body
            let row = top["Functions"]?.array?.first
            #expect(row?["Name"] == "function/000000000000/f" && row?["InFlight"]?.integer == 1)
            #expect((row?["CallsPerSecond"]?.double ?? 0) > 0 && row?["MedianMilliseconds"] == nil)
            await wire.governor.ended(ticket, CallEnd(.error, bytes: 1000))
            let after = try await wire.send("GET", "/top").body["Kinds"]?.array?.first { $0["Name"] == "invocation" }
            #expect((after?["ErrorsPerSecond"]?.double ?? 0) > 0 && (after?["MedianMilliseconds"]?.double ?? 0) > 0)
        }
    }

    @Test func `what makes no sense is refused, and nothing is set`() async throws {
        try await withWire { wire in
            let odd: [(String, JSON)] = [
                ("/stop", [:]), ("/stop", ["Scope": ""]), ("/stop", ["Scope": "f"]), ("/stop", ["Scope": "function/"]),
                ("/stop", ["Scope": "function/a/b/c"]), ("/stop", ["Scope": "kind/none"]),
                ("/stop", ["Scope": "function/missing"]), ("/stop", ["Scope": "function/123456789012/f"]),
                ("/stop", ["Scope": "lineage/1"]), ("/stop", ["Scope": .string(String(repeating: "a", count: 400))]),
                ("/stop", ["Scope": "all", "Reason": .string(String(repeating: "a", count: 300))]),
                ("/limit", ["Scope": "all", "Rate": -1]), ("/limit", ["Scope": "all", "Concurrency": -1]),
                ("/limit", ["Scope": "all", "Rate": "x"]), ("/budget", ["Entry": "any", "Calls": -1]),
                ("/budget", ["Entry": "function/missing", "Calls": 1]),
            ]
            for (path, body) in odd {
                let answer = try await wire.send("POST", path, body)
                #expect((400..<405).contains(answer.status), "\(path) \(body.text): \(answer.status)")
            }
            #expect(await wire.governor.rules.isEmpty)
            #expect(await wire.governor.budgets.count == 1)
            #expect(try await wire.send("GET", "/top?MaxItems=0").status == 400)
        }
    }

    @Test func `nobody governs who was not allowed to`() async throws {
        try await withWire { wire in
            let version = try await lambda.functions.resolve(FunctionReference("f"), in: .standard).version()
            let user = UserIdentity(account: .standard, id: "AIDA", name: try EntityName("ada"))
            for principal in [Principal.function(FunctionIdentity(version)), .user(user)] {
                for path in ["/stop", "/limit", "/lift", "/budget"] {
                    let body: JSON = ["Scope": "all", "Entry": "any", "Rate": 1, "Calls": 1]
                    #expect(try await wire.send("POST", path, body, as: principal).status == 403, "\(path)")
                }
                for path in ["/top", "/rules"] {
                    #expect(try await wire.send("GET", path, as: principal).status == 403, "\(path)")
                }
            }
            #expect(await wire.governor.rules.isEmpty)
            #expect(await wire.governor.budgets.count == 1)
        }
    }

    @Test func `a refusal names the rule or the budget, who set it and why`() async throws {
        try await withWire { wire in
            try await wire.governor.limit(.everything, rate: 0, concurrency: nil, by: "arn:ada", reason: "a test")
            let call = try call()
            let refused = await #expect(throws: GovernorRefusal.self) { _ = try await wire.governor.admit(call) }
            if let error = refused {
                #expect(error.message.contains("all are limited to 0.0 a second by arn:ada since "))
                #expect(error.message.contains("(a test)") && error.code == "GovernorRateLimitExceeded")
            }
            var budget = LineageBudget()
            (budget.setBy, budget.entry) = ("arn:ada", "function/000000000000/f")
            let refusal = GovernorRefusal.overBudget(.memoryTime, budget, call.descent.lineage)
            #expect(refusal.code == "LineageBudgetExhausted:memoryTime" && refusal.isFinal)
            for part in ["\(call.descent.lineage)", "360000.0 GB-seconds", "arn:ada", "function/000000000000/f"] {
                #expect(refusal.message.contains(part), "\(part)")
            }
        }
    }
}
