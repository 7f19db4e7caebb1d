import Core
import Logging
import Platform
import Storage
import Testing
import Vault

@testable import Gateway

/// Dead letters over the wire: for the operator, and for nobody else.
@Suite struct DeadLetterOperationsTests {
    private let store = MemoryStore()
    private let operations: [String: OperationHandler]

    init() {
        let keys = Keys(store: store, root: RootKey())
        let deliveries = Deliveries(account: .standard, store: store, keys: keys, logger: Logger(label: "test"))
        let letters = DeadLetters(
            account: .standard, store: store, deliveries: deliveries, logger: Logger(label: "test")
        ) {
            account, name in
            try await keys.key(for: "function/\(name)", in: account)
        }
        operations = DeadLetterOperations(deadLetters: letters).operations
    }

    private func send(_ method: String, _ target: String, as principal: Principal? = nil) async throws -> WireResponse {
        let parts = target.split(separator: "?").map(String.init)
        let request = WireRequest(
            method: method, rawPath: "/2026-11-20/dead-letters" + parts[0],
            rawQuery: parts.count > 1 ? parts[1] : "",
            headers: ["Authorization": "AWS4-HMAC-SHA256 Credential=A/20261120/us-east-1/martlet/aws4_request, x=y"],
            body: [])
        do {
            let decoded = try Router.decode(request: request)
            let handler = try #require(operations[decoded.operation.name])
            let call = Call(principal: principal ?? .administrator(.standard), account: .standard, region: .standard)
            do {
                let output = try await handler(call, decoded.input)
                return ResponseWriter.response(output, for: decoded.operation, requestID: RequestID())
            } catch let error as WireError {
                return ResponseWriter.response(error, for: decoded.operation, requestID: RequestID())
            }
        } catch let failure as WireFailure {
            return ResponseWriter.response(failure, requestID: RequestID())
        }
    }

    private func setAside() async throws {
        let here = Partition(account: .standard)
        _ = try await store.commit(here, [.enqueue(QueueID("events/orders"), body: [9])])
        let claimed = try await store.claim(
            here, QueueID("events/orders"), max: 1, lease: .seconds(9), worker: WorkerID("test"))
        _ = try await store.commit(
            here, [.deadLetter(claimed[0].lease, to: EventInvocations.deadLetters, reason: "Malformed")])
    }

    @Test func `letters come page by page, and can be deleted`() async throws {
        for _ in 0..<3 { try await setAside() }
        let first = try JSON(parsing: try await send("GET", "/?MaxItems=2").body)
        #expect(first["DeadLetters"]?.array?.count == 2)
        #expect(first["DeadLetters"]?.array?.first?["Reason"] == "Malformed")
        let marker = try #require(first["NextMarker"]?.string)
        let second = try JSON(parsing: try await send("GET", "/?MaxItems=2&Marker=\(marker)").body)
        let id = try #require(second["DeadLetters"]?.array?.first?["Id"]?.string)
        #expect(try await send("GET", "/\(id)").status == 200)
        #expect(try await send("DELETE", "/\(id)").status == 204)
        #expect(try await send("GET", "/\(id)").status == 404)
        #expect(try await send("DELETE", "/\(id)").status == 404)
        #expect(try await send("POST", "/\(id)/redrive").status == 404)
    }

    @Test func `what is no number is refused`() async throws {
        for target in ["/x", "/-1", "/%2e%2e", "/99999999999999999999", "/?MaxItems=0", "/?Marker=a"] {
            #expect((400..<405).contains(try await send("GET", target).status), "\(target)")
        }
    }

    @Test func `a function and a user cannot read what others were called with`() async throws {
        try await setAside()
        let fixture = LambdaFixture()
        try await fixture.create("f")
        let version = try await fixture.functions.resolve(FunctionReference("f"), in: .standard).version()
        let user = UserIdentity(account: .standard, id: "AIDA", name: try EntityName("ada"))
        for principal in [Principal.function(FunctionIdentity(version)), .user(user)] {
            for (method, target) in [("GET", "/"), ("GET", "/1"), ("DELETE", "/1"), ("POST", "/1/redrive")] {
                let answer = try await send(method, target, as: principal)
                #expect(answer.status == 403, "\(method) \(target) as \(principal.arn)")
            }
        }
    }
}
