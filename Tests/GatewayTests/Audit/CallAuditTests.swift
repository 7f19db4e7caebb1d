import AccessPolicy
import Core
import Foundation
import NIOCore
import NIOHTTP1
import Platform
import Testing
import Vault

@testable import Gateway

/// What of a call reaches the audit trail.
struct CallAuditTests {
    private let keys = AuditKeys(RootKey())
    private let user = Principal.administrator(.standard)

    private func withTrail(_ body: (CallAudit, AuditTrail) async throws -> Void) async throws -> [AuditRecord] {
        let folder = NSTemporaryDirectory() + "call-audit-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let trail = try AuditTrail(folder: folder, account: .standard, keys: keys)
        try await body(CallAudit(trail: trail, region: .standard), trail)
        await trail.close()
        var cursor = AuditCursor(folder: folder, keys: keys)
        var records: [AuditRecord] = []
        while case let more = try cursor.read(), !more.isEmpty { records += more.map(\.record) }
        return records.filter { $0.kind != .trail }
    }

    private func request(_ headers: HTTPHeaders = [:]) throws -> HTTPRequest {
        HTTPRequest(
            head: RequestText(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/x", headers: headers)),
            body: ByteBuffer(), caller: .anyone, source: try SocketAddress(ipAddress: "192.0.2.7", port: 4711))
    }

    private func operation(_ service: String, _ name: String) throws -> OperationModel {
        try #require(ServiceCatalog.embedded.model(named: service)?.operations[name])
    }

    private func call(_ request: HTTPRequest, _ principal: Principal) -> Call {
        Call(
            principal: principal, account: .standard, region: .standard, requestID: request.id, trace: request.trace,
            descent: request.descent, source: request.source?.ipAddress)
    }

    @Test func `a call that changed something is kept with all that is known of it`() async throws {
        let request = try request()
        let records = try await withTrail { audit, trail in
            let call = call(request, user)
            let answer = try await audit.recording(
                operation("lambda", "DeleteFunction"), call
            ) {
                try await call.authorize(
                    Action(service: "lambda", name: "DeleteFunction"),
                    on: .function(.standard, .standard, try FunctionName("resize"), nil))
                return 7
            }
            #expect(answer == 7)
            #expect(trail.head.place.sequence == 2, "it is on the disk before the answer")
        }
        let record = try #require(records.first)
        #expect(record.action == "lambda:DeleteFunction" && record.outcome == .succeeded)
        #expect(record.resource == "arn:aws:lambda:us-east-1:000000000000:function:resize")
        #expect(record.principal == "arn:aws:iam::000000000000:root" && record.source == "192.0.2.7")
        #expect(record.requestID == request.id && record.lineage == request.lineage && record.trace == request.trace)
    }

    @Test func `a denied call is kept whatever the operation, with what was missing`() async throws {
        let stranger = Principal.administrator(try AccountID("111111111111"))
        let request = try request()
        let records = try await withTrail { audit, _ in
            for (service, name) in [("lambda", "GetPolicy"), ("logs", "FilterLogEvents")] {
                let call = call(request, stranger)
                await #expect(throws: WireError.self) {
                    try await audit.recording(operation(service, name), call) {
                        try await Guard.check(call, Action(service: service, name: name), on: .account(.standard))
                    }
                }
            }
            let denial = AccessDenied(
                principal: stranger, action: Action(service: "lambda", name: "InvokeFunction"),
                resource: .function(.standard, .standard, try FunctionName("resize"), nil),
                decision: .implicitlyDenied(missing: .identity))
            audit.denied(denial, request)
        }
        #expect(records.map(\.action) == ["lambda:GetPolicy", "logs:FilterLogEvents", "lambda:InvokeFunction"])
        for record in records {
            #expect(record.outcome == .denied("identity-based policy that allows \(record.action)"))
        }
        #expect(records.last?.kind == .invocation)
    }

    @Test func `a call that failed is kept with its code, and an allowed one of the data plane is not`() async throws {
        let request = try request()
        let records = try await withTrail { audit, _ in
            let call = call(request, user)
            try await audit.recording(operation("logs", "PutLogEvents"), call) {}
            await #expect(throws: WireError.self) {
                try await audit.recording(operation("iam", "CreateUser"), call) {
                    throw WireError("EntityAlreadyExists", "…")
                }
            }
        }
        #expect(records.map(\.action) == ["iam:CreateUser"])
        #expect(records.first?.outcome == .failed("EntityAlreadyExists"))
    }

    @Test func `who proves nothing is kept with what it claimed`() async throws {
        let claim = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261120/us-east-1/lambda/aws4_request, SignedHeaders=x"
        let request = try request(["Authorization": claim])
        let records = try await withTrail { audit, _ in audit.unproven("SignatureDoesNotMatch", request) }
        let record = try #require(records.first)
        #expect(record.kind == .authentication && record.outcome == .denied("SignatureDoesNotMatch"))
        #expect(record.action == "lambda:*" && record.principal == "-")
        #expect(record.facts.contains(AuditRecord.Fact("claimed-key", "AKIAEXAMPLE")))
    }

    @Test func `while nothing can be recorded, nothing that must be is begun`() async throws {
        let request = try request()
        _ = try await withTrail { audit, trail in
            await trail.close()
            let error = await #expect(throws: WireError.self) {
                try await audit.recording(operation("iam", "CreateUser"), call(request, user)) {
                    Issue.record("it was begun")
                }
            }
            #expect(error?.status == 503)
            try await audit.recording(operation("lambda", "ListFunctions"), call(request, user)) {}
            for name in ["LimitCalls", "LiftRule", "SetLineageBudget"] {
                await #expect(throws: WireError.self) {
                    try await audit.recording(operation("martlet", name), call(request, user)) {
                        Issue.record("\(name) was begun")
                    }
                }
            }
            let stopped = try await audit.recording(operation("martlet", "StopCalls"), call(request, user)) {
                7
            }
            #expect(stopped == 7, "an emergency does not wait for a disk")
        }
    }
}
