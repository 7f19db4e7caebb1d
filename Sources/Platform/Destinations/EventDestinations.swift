import AccessPolicy
import Core
import Egress
import Logging
import NIOCore
import Storage
import Synchronization

/// Calls API destinations with events, through the governed way out, with what their connections prove.
///
/// Secrets of connections are opened for each call and are in no log, no trace and no refusal; tokens that were granted
/// lie in memory alone.
package final class EventDestinations: Sendable {
    /// How long an endpoint may take for its answer, as on AWS.
    private static let patience = TimeAmount.seconds(5)
    /// How long a call waits for its turn, in milliseconds: with all else less than a delivery is taken for.
    private static let longestWait = 90_000.0
    private static let answerLimit = 65_536
    private static let agent = "Amazon/EventBridge/ApiDestinations"
    /// The note of a parcel with what the target says of the request.
    static let note = "http"
    /// The note of a parcel whose payload is an event as it is on its bus.
    static let wholeEvent = "event"

    private let connections: EventConnections
    private let calls: HostCalls
    private let access: SenderAccess
    private let region: Region
    private let account: AccountID
    private let logger: Logger
    private let tokens = GrantedTokens()
    private let rates = Mutex(CallRate())

    /// Calls what the connections and destinations beside some buses say.
    package init(buses: EventBuses, calls: HostCalls, identity: Identity) {
        connections = EventConnections(buses: buses)
        self.calls = calls
        region = buses.region
        account = buses.account
        logger = buses.logger
        access = SenderAccess(identity: identity, region: buses.region)
    }

    /// How a parcel for an API destination is delivered.
    func delivery(of parcel: Parcel) async throws -> Delivery {
        let destination: EventDestination
        let connection: (name: RuleName, value: EventConnection)
        do throws(EventBusError) {
            destination = try await connections.destination(at: parcel.target)
            connection = try await connections.connection(at: destination.settings.connection)
        } catch {
            switch error {
            case .destinationMissing: return .refused(.final("NO_RESOURCE", "There is no \(parcel.target)."))
            case .connectionMissing(let arn): return .refused(.final("NO_RESOURCE", "There is no connection \(arn)."))
            default: throw error
            }
        }
        let refusal = try await access.refusal(
            parcel, Action(service: "events", name: "InvokeApiDestination"),
            on: .named(try ARN(parcel.target), owner: account), policy: .none)
        if let refusal { return .refused(refusal) }
        guard connection.value.isAuthorized, let proof = ConnectionProof(connection.value.settings) else {
            return .refused(.final("NO_PERMISSIONS", "The connection \(connection.name) is not authorized."))
        }
        let request: DestinationRequest
        do throws(DestinationRequest.Flaw) {
            request = try Self.request(parcel, destination, connection.value)
        } catch { return .refused(.final("INVALID_PARAMETER", error.words)) }
        let arn = connections.arn(connection.name, connection.value).description
        return .errand { [self] in
            await deliver(
                request, proof, parcel, rate: destination.settings.rate,
                connection: "\(arn)/\(connection.value.modified.milliseconds)")
        }
    }

    private static func request(
        _ parcel: Parcel, _ destination: EventDestination, _ connection: EventConnection
    ) throws(DestinationRequest.Flaw) -> DestinationRequest {
        // It was JSON when it was written.
        let said = parcel.notes[note].flatMap { try? JSON(parsing: $0) }
        var added = AddedParameters(target: said).below(ConnectionProof.added(by: connection.settings))
        var body = parcel.payload
        if parcel.notes[wholeEvent] != nil, let form = CloudEventForm(headers: added), let made = form.made(of: body) {
            added = made.headers(in: added)
            body = made.body
        }
        var request = try DestinationRequest(
            endpoint: destination.settings.endpoint, method: destination.settings.method, added, body: body)
        if !request.body.isEmpty { request.setIfMissing("Content-Type", "application/json; charset=utf-8") }
        request.setIfMissing("User-Agent", agent)
        return request
    }

    private func deliver(
        _ request: DestinationRequest, _ proof: ConnectionProof, _ parcel: Parcel, rate: Int, connection: String
    ) async -> ErrandEnd {
        let wait = rates.withLock {
            $0.wait(for: parcel.target, perSecond: rate, longest: Self.longestWait, at: .now)
        }
        guard let wait else {
            return .refused(.waiting("More waits than the destination takes, \(rate) calls a second."))
        }
        if wait > 0 {
            do { try await Task.sleep(for: .milliseconds(wait)) } catch {
                return .refused(.passing("INTERNAL_ERROR", "The server stopped."))
            }
        }
        var refused: String?
        // A token may end early; then there is another one, once.
        while true {
            var token: String?
            if case .grant(let grant) = proof {
                let granted = await tokens.token(of: connection, refused: refused) { [self] in
                    await fetch(grant, parcel)
                }
                switch granted {
                case .success(let found): token = found.text
                case .failure(let refusal): return .refused(refusal)
                }
            }
            let answer: ClientAnswer
            do throws(DestinationRequest.Flaw) {
                var proven = request
                if let header = proof.header(token: token) { try proven.set(header) }
                do throws(HostCalls.Failure) { answer = try await call(proven, parcel) } catch {
                    return .refused(error.refusal)
                }
            } catch { return .refused(.final("INVALID_PARAMETER", error.words)) }
            if [401, 407].contains(answer.status), let token, refused == nil {
                refused = token
                continue
            }
            return Self.end(answer, at: .now)
        }
    }

    private func call(_ request: DestinationRequest, _ parcel: Parcel) async throws(HostCalls.Failure) -> ClientAnswer {
        var asked = ClientRequest(headers: request.headers.map { ($0.name, $0.value) }, body: request.body)
        asked.method = request.method
        asked.patience = Self.patience
        return try await calls.call(
            request.address, asked, in: .destinations, as: parcel.target, parcel.descent)
    }

    private func fetch(
        _ grant: ConnectionProof.Grant, _ parcel: Parcel
    ) async -> Result<GrantedTokens.Token, DeliveryRefusal> {
        let request: DestinationRequest
        do throws(DestinationRequest.Flaw) { request = try grant.request() } catch {
            return .failure(.final("INVALID_PARAMETER", "The authorization endpoint: \(error.words)"))
        }
        var asked = ClientRequest(headers: request.headers.map { ($0.name, $0.value) }, body: request.body)
        asked.method = request.method
        asked.patience = Self.patience
        asked.answerLimit = Self.answerLimit
        do throws(HostCalls.Failure) {
            let answer = try await calls.call(
                request.address, asked, in: .destinations, as: parcel.target, parcel.descent)
            guard (200...299).contains(answer.status), let token = GrantedTokens.Token(answer.body, at: .now) else {
                // Nothing is wrong with the event: once the connection is mended it can be delivered.
                return .failure(
                    .passing("NO_PERMISSIONS", "The authorization endpoint answered \(answer.status), and no token."))
            }
            return .success(token)
        } catch { return .failure(error.refusal) }
    }

    /// Source: EventBridge user guide, "API destinations": 401, 407, 409, 429 and answers from 500 on are tried again.
    static func end(_ answer: ClientAnswer, at now: Instant) -> ErrandEnd {
        let reason = "The endpoint answered \(answer.status)."
        switch answer.status {
        case 200...299: return .delivered
        case 401, 407: return .refused(.passing("NO_PERMISSIONS", reason))
        case 429: return .refused(.passing("THROTTLING", reason, after: answer.retryAfter(from: now)))
        case 409, 500...: return .refused(.passing("SERVER_ERROR", reason, after: answer.retryAfter(from: now)))
        default: return .refused(.final("CLIENT_ERROR", reason))
        }
    }
}

extension HostCalls.Failure {
    /// What becomes of a delivery that met it.
    fileprivate var refusal: DeliveryRefusal {
        switch self {
        case .forbidden(let reason): .final("NO_PERMISSIONS", reason)
        case .failed(let reason): .passing("UNREACHABLE", reason)
        case .held(let reason): .waiting(reason)
        case .refused(let reason): .final("CLIENT_ERROR", reason)
        }
    }
}

extension DestinationRequest.Flaw {
    /// For whoever owns the destination; nothing that was said is in it but the name of a header.
    var words: String {
        switch self {
        case .address:
            "With its path and query in place the endpoint is no URL: a path parameter is missing, empty, or has a slash."
        case .header(let name): "The header \(name) cannot be sent."
        case .bodyNotAnObject: "The connection adds to the body, which is no JSON object."
        }
    }
}
