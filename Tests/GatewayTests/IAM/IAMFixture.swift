import Core
import Platform
import Storage
import Testing
import Vault

@testable import Gateway

/// IAM and STS over a store in memory, called as clients do: a form in, XML out.
struct IAMFixture {
    let identity: Identity
    let evidence = CallEvidence()
    private let operations: [String: [String: OperationHandler]]
    var principal = Principal.administrator(.standard)
    var source: String?

    static let trust = """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",\
        "Principal":{"Service":"lambda.amazonaws.com"}}]}
        """
    static let policy =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#
    static let basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"

    init() async throws {
        let store = MemoryStore()
        let keys = Keys(store: store, root: RootKey())
        let key = try await keys.key(for: "identity", in: .standard)
        identity = Identity(account: .standard, store: store, key: key)
        let functions = Functions(
            store: store, blobs: MemoryBlobStore(), keys: keys, region: .standard)
        operations = [
            "iam": IAM.operations(identity), "sts": STS.operations(identity),
            "lambda": LambdaOperations(
                functions: functions, sources: .unused(store, keys, functions), links: CodeLinks(),
                access: identity.access
            ).operations,
            "martlet": AccessOperations(identity: identity, functions: functions).operations
                .merging(ProviderOperations(identity: identity).operations) { first, _ in first },
        ]
    }

    /// What came back: the status, and the text of the first element of a name.
    struct Answer {
        let status: Int
        let root: XMLNode

        subscript(_ name: String) -> String? { all(name).first }

        /// The texts of all elements of a name, in order.
        func all(_ name: String) -> [String] { Self.collect(name, root) }

        private static func collect(_ name: String, _ node: XMLNode) -> [String] {
            (node.name == name ? [node.text] : []) + node.children.flatMap { collect(name, $0) }
        }
    }

    /// Calls an operation; `service` is its signing name.
    @discardableResult
    func call(
        _ action: String, _ members: KeyValuePairs<String, String> = [:], service: String = "iam"
    ) async throws -> Answer {
        let version = service == "iam" ? "2010-05-08" : "2011-06-15"
        let pairs = [("Action", action), ("Version", version)] + members.map { ($0.key, $0.value) }
        let form = pairs.map { "\($0.0)=\(RequestSigner.escaped($0.1))" }.joined(separator: "&")
        let request = WireRequest(
            method: "POST", rawPath: "/", rawQuery: "",
            headers: [
                "content-type": "application/x-www-form-urlencoded",
                "authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/\(service)/aws4_request, X=Y",
            ], body: Array(form.utf8))
        let response = await respond(to: request, service)
        return Answer(status: response.status, root: try XMLReader.root(of: response.body))
    }

    /// Posts JSON to a path of a service that speaks it.
    @discardableResult
    func post(
        _ path: String, _ body: JSON, service: String = "martlet"
    ) async throws -> (status: Int, body: JSON) {
        let request = WireRequest(
            method: "POST", rawPath: path, rawQuery: "",
            headers: [
                "content-type": "application/json",
                "authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/\(service)/aws4_request, X=Y",
            ], body: body.serialized)
        let response = await respond(to: request, service)
        return (response.status, response.body.isEmpty ? .null : try JSON(parsing: response.body))
    }

    private func respond(to request: WireRequest, _ service: String) async -> WireResponse {
        let id = RequestID()
        do {
            let decoded = try Router.decode(request: request)
            guard let handler = operations[service]?[decoded.operation.name] else {
                return ResponseWriter.response(
                    .unknownOperation(decoded.operation.name, decoded.operation.service), for: decoded.operation,
                    requestID: id)
            }
            let call = Call(
                principal: principal, account: .standard, region: .standard, evidence: evidence, source: source,
                access: AccessCheck(identity))
            do {
                return ResponseWriter.response(
                    try await handler(call, decoded.input), for: decoded.operation, requestID: id)
            } catch let error as WireError {
                return ResponseWriter.response(error, for: decoded.operation, requestID: id)
            }
        } catch let failure as WireFailure {
            return ResponseWriter.response(failure, requestID: id)
        } catch {
            return WireResponse(status: 599, headers: [:], body: Array("<Unexpected>\(error)</Unexpected>".utf8))
        }
    }
}
