import Core
import Platform
import Storage
import TestSupport
import Testing
import Vault

@testable import Gateway

/// Lambda's operations on a store in memory, called by requests as clients send them.
struct LambdaFixture {
    let functions: Functions
    let sources: EventSources
    let links = CodeLinks()
    let account = AccountID.standard
    private let operations: [String: OperationHandler]

    init(limits: AccountLimits = AccountLimits()) {
        let store = MemoryStore()
        let keys = Keys(store: store, root: RootKey())
        functions = Functions(
            store: store, blobs: MemoryBlobStore(), keys: keys, region: .standard, limits: limits)
        sources = .unused(store, keys, functions)
        operations = LambdaOperations(functions: functions, sources: sources, links: links).operations
    }

    /// What came back: the status, the error's code if there is one, and the body.
    struct Answer {
        let status: Int
        let code: String?
        let body: JSON

        subscript(_ name: String) -> JSON? { body[name] }
        var message: String { (body["message"] ?? body["Message"])?.string ?? "" }
    }

    /// Sends a request to a path with its query, as somebody of the account unless told otherwise.
    @discardableResult
    func send(
        _ method: String, _ target: String, _ body: JSON? = nil, as principal: Principal? = nil
    ) async throws -> Answer {
        try await send(method, target, raw: body?.serialized ?? [], as: principal)
    }

    /// Sends bytes that need not be JSON.
    func send(
        _ method: String, _ target: String, raw: [UInt8], as principal: Principal? = nil
    ) async throws -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let request = WireRequest(
            method: method, rawPath: parts[0], rawQuery: parts.count == 2 ? parts[1] : "",
            headers: [
                "Authorization":
                    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261120/us-east-1/lambda/aws4_request, x=y"
            ], body: raw)
        let id = RequestID()
        let response: WireResponse
        do {
            let decoded = try Router.decode(request: request)
            let handler = try #require(operations[decoded.operation.name], "\(decoded.operation.name)")
            let call = Call(
                principal: principal ?? .administrator(account), account: account, region: .standard,
                endpoint: "http://127.0.0.1:4566")
            do {
                let output = try await handler(call, decoded.input)
                response = ResponseWriter.response(output, for: decoded.operation, requestID: id)
            } catch let error as WireError {
                response = ResponseWriter.response(error, for: decoded.operation, requestID: id)
            }
        } catch let failure as WireFailure {
            response = ResponseWriter.response(failure, requestID: id)
        }
        return Answer(
            status: response.status, code: response.headers["x-amzn-ErrorType"],
            body: response.body.isEmpty ? .null : try JSON(parsing: response.body))
    }

    static let functionsPath = "/2015-03-31/functions"

    static func zip(_ text: String = "def handler(event, context): return event\n") -> JSON {
        .string(Base64.encode(ZipBuilder.files([(name: "app.py", content: text)])))
    }

    /// The body of a plain `CreateFunction`, with more or other members.
    static func function(_ name: String, _ more: [(String, JSON)] = []) -> JSON {
        var members: [(String, JSON)] = [
            ("FunctionName", .string(name)), ("Runtime", "python3.11"), ("Handler", "app.handler"),
            ("Role", "arn:aws:iam::000000000000:role/r"), ("Code", ["ZipFile": zip()]),
        ]
        members += more
        return .object(JSONObject(members))
    }

    @discardableResult
    func create(_ name: String, _ more: [(String, JSON)] = []) async throws -> Answer {
        let answer = try await send("POST", Self.functionsPath, Self.function(name, more))
        #expect(answer.status == 201, "\(answer)")
        return answer
    }
}
