import AccessPolicy
import Core
import Egress
import NIOCore
import StatesLanguage

/// Calls endpoints on the web for executions, through the governed way out, with the proof of an EventBridge connection.
package struct WebTasks: TaskService {
    /// Why a task has failed.
    private struct Failure: Error {
        let error: String
        let cause: String
    }

    private static let badConnection = "Events.ConnectionResource.InvalidConnectionState"
    /// Bytes of an answer with a token, and seconds until it is there.
    private static let tokenLimit = 65_536
    private static let tokenSeconds: Int64 = 5

    private let calls: HostCalls
    private let connections: EventConnections
    private let identity: Identity
    private let operations: any ServedOperations
    private let audit: AuditTrail
    private let tokens = GrantedTokens()

    /// Takes the way out, the connections, and who knows the roles of executions.
    package init(
        calls: HostCalls, connections: EventConnections, identity: Identity, operations: any ServedOperations,
        audit: AuditTrail
    ) {
        self.calls = calls
        self.connections = connections
        self.identity = identity
        self.operations = operations
        self.audit = audit
    }

    package func delay(of call: TaskCall) async -> Duration? { nil }

    package func perform(_ call: TaskCall) async -> TaskEnd {
        guard case .service(_, "invoke") = call.order.target else {
            return .failed(
                error: ErrorName.runtime, cause: "The resource '\(call.order.resource)' is not served here.")
        }
        do {
            let answer = try await answer(to: call)
            let result = HTTPInvocation.result(answer)
            guard (200..<300).contains(answer.status) else {
                return .failed(error: "States.Http.StatusCode.\(answer.status)", cause: result.text)
            }
            return .succeeded(result)
        } catch let failure as Failure {
            return .failed(error: failure.error, cause: failure.cause)
        } catch let flaw as HTTPInvocation.Flaw {
            return .failed(error: ErrorName.runtime, cause: flaw.reason)
        } catch {
            return .failed(error: ErrorName.taskFailed, cause: "The connection or the role could not be looked at.")
        }
    }

    private func answer(to call: TaskCall) async throws -> ClientAnswer {
        let invocation = try HTTPInvocation(call.order.arguments)
        let principal = try await principal(call)
        try await authorize(
            principal, Action(service: "states", name: "InvokeHTTPEndpoint"), on: call.machineARN, call,
            facts: ["states:httpendpoint": .text(invocation.endpoint), "states:httpmethod": .text(invocation.method)])
        let added = try await added(invocation.connection, principal, call)
        let request = try invocation.request(added, region: call.region)
        if let watch = call.watch {
            let shown =
                watch.revealsSecrets ? request : try invocation.request(AddedParameters(), region: call.region)
            watch.sends(shown.asked, to: shown.address)
        }
        let answer = try await send(request, call)
        call.watch?.gets(answer, from: request.address)
        return answer
    }

    private func principal(_ call: TaskCall) async throws -> Principal {
        do throws(ServedFault) {
            return try await TaskRole(operations: operations, identity: identity).principal(call)
        } catch { throw Failure(error: ErrorName.permissions, cause: error.message) }
    }

    private func authorize(
        _ principal: Principal, _ action: Action, on arn: ARN, _ call: TaskCall, facts: [String: ContextValue] = [:]
    ) async throws {
        do {
            try await identity.authorize(
                principal, action, on: .named(arn, owner: call.account), policy: .none,
                in: AccessContext(time: .now, region: call.region, facts: facts))
        } catch let denied as AccessDenied {
            audit.denied(denied, to: call)
            throw Failure(error: ErrorName.permissions, cause: denied.message)
        }
    }

    /// What the connection adds, if the role may use it.
    private func added(_ text: String, _ principal: Principal, _ call: TaskCall) async throws -> AddedParameters {
        let missing = Failure(
            error: "Events.ConnectionResource.NotFound", cause: "There is no connection \(text.prefix(256)).")
        guard let arn = try? ARN(text), arn.service == "events",
            let name = arn.resource.split(separator: "/").dropFirst().first.flatMap({ RuleName(rawValue: String($0)) })
        else { throw missing }
        try await authorize(
            principal, Action(service: "events", name: "RetrieveConnectionCredentials"), on: arn, call)
        let connection: EventConnection
        do { connection = try await connections.connection(name) } catch {
            guard case .connectionMissing = error else { throw error }
            throw missing
        }
        guard connections.arn(name, connection) == arn else { throw missing }
        guard connection.isAuthorized, let proof = ConnectionProof(connection.settings) else {
            throw Failure(error: Self.badConnection, cause: "The connection is deauthorized.")
        }
        var own = AddedParameters()
        let token: String? = if case .grant(let grant) = proof { try await token(grant, of: arn, call) } else { nil }
        own.headers = proof.header(token: token).map { [$0] } ?? []
        return ConnectionProof.added(by: connection.settings).below(own)
    }

    /// The token that a connection's grant gives, from the last time it was asked for if it is still good.
    private func token(_ grant: ConnectionProof.Grant, of connection: ARN, _ call: TaskCall) async throws -> String {
        let request = try grant.request()
        let asked = ClientRequest(
            request.method, headers: request.headers.map { ($0.name, $0.value) }, body: request.body,
            answerLimit: Self.tokenLimit, seconds: Self.tokenSeconds)
        let result = await tokens.token(of: connection.description, refused: nil) {
            do {
                let answer = try await send((request.address, asked), call)
                guard (200..<300).contains(answer.status), let token = GrantedTokens.Token(answer.body, at: .now) else {
                    return .failure(.final(Self.badConnection, "its status was \(answer.status)"))
                }
                return .success(token)
            } catch let failure as Failure {
                return .failure(.final(failure.error, failure.cause))
            } catch { return .failure(.final(Self.badConnection, "it could not be asked")) }
        }
        do { return try result.get().text } catch {
            throw Failure(error: error.code, cause: "The authorization endpoint gave no token: \(error.reason).")
        }
    }

    private func send(
        _ request: (address: WebAddress, asked: ClientRequest), _ call: TaskCall
    ) async throws -> ClientAnswer {
        var asked = request.asked
        // What comes after the task has run out of its time is not waited for.
        if let seconds = call.order.timeout { asked.patience = min(asked.patience, .seconds(Int64(seconds) + 1)) }
        do throws(HostCalls.Failure) {
            return try await calls.call(
                request.address, asked, in: .workflows, as: call.machineARN.description, call.descent)
        } catch {
            switch error {
            case .forbidden(let reason): throw Failure(error: ErrorName.permissions, cause: reason)
            case .failed(let reason), .held(let reason), .refused(let reason):
                throw Failure(error: "States.Http.Socket", cause: reason)
            }
        }
    }
}
