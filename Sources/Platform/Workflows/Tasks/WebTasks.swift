import AccessPolicy
import Core
import Egress
import StatesLanguage

/// Calls endpoints on the web for executions, through the governed way out, with the proof of an EventBridge connection.
package struct WebTasks: TaskService {
    /// Why a task has failed.
    private struct Failure: Error {
        let error: String
        let cause: String
    }

    private let calls: HostCalls
    private let connections: EventConnections
    private let identity: Identity
    private let operations: any ServedOperations

    /// Takes the way out, the connections, and who knows the roles of executions.
    package init(
        calls: HostCalls, connections: EventConnections, identity: Identity, operations: any ServedOperations
    ) {
        self.calls = calls
        self.connections = connections
        self.identity = identity
        self.operations = operations
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
        var proof = try await proof(invocation.connection, principal, call)
        if let grant = proof.grant { proof = proof.with(token: try await token(grant, call)) }
        return try await send(try invocation.request(proof, region: call.region), call)
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
            throw Failure(error: ErrorName.permissions, cause: denied.message)
        }
    }

    /// What the connection adds, if the role may use it.
    private func proof(_ text: String, _ principal: Principal, _ call: TaskCall) async throws -> ConnectionAdditions {
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
        guard connection.isAuthorized else {
            throw Failure(
                error: "Events.ConnectionResource.InvalidConnectionState", cause: "The connection is deauthorized.")
        }
        return ConnectionAdditions(connection.settings)
    }

    /// Asks for a token, which is used once: nothing of it is kept.
    private func token(_ grant: ConnectionAdditions.Grant, _ call: TaskCall) async throws -> String {
        let answer = try await send(try HTTPInvocation(grant).request(grant.proof, region: call.region), call)
        guard (200..<300).contains(answer.status), let json = try? JSON(parsing: answer.body),
            let token = json["access_token"]?.string
        else {
            throw Failure(
                error: "Events.ConnectionResource.InvalidConnectionState",
                cause: "The authorization endpoint gave no token; its status was \(answer.status).")
        }
        return token
    }

    private func send(
        _ request: (address: WebAddress, asked: ClientRequest), _ call: TaskCall
    ) async throws -> ClientAnswer {
        do throws(HostCalls.Failure) {
            return try await calls.call(
                request.address, request.asked, in: .workflows, as: call.machineARN.description, call.descent)
        } catch {
            switch error {
            case .forbidden(let reason): throw Failure(error: ErrorName.permissions, cause: reason)
            case .failed(let reason), .refused(let reason): throw Failure(error: "States.Http.Socket", cause: reason)
            }
        }
    }
}
