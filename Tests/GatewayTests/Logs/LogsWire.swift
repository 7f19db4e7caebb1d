import Core
import Platform
import Storage
import Vault

@testable import Gateway

/// CloudWatch Logs from the request's bytes to the answer's, over a store in memory.
struct LogsWire {
    let logs: Logs
    let operations: LogsOperations

    init() {
        let store = MemoryStore()
        logs = Logs(store: store, keys: Keys(store: store, root: RootKey()))
        operations = LogsOperations(logs: logs)
    }

    func call(as account: AccountID = .standard) -> Call {
        Call(principal: .administrator(account), account: account, region: .standard)
    }

    /// Sends a request and reads the answer; an error's code is under `__type`.
    func send(_ operation: String, _ body: JSON, as account: AccountID = .standard) async throws -> JSON {
        let request = WireRequests.json("logs", "Logs_20140328.\(operation)", body.text)
        let response = await respond(to: request, as: account)
        return response.body.isEmpty ? [:] : try JSON(parsing: response.body)
    }

    private func respond(to request: WireRequest, as account: AccountID) async -> WireResponse {
        let decoded: DecodedCall
        do { decoded = try Router.decode(request: request) } catch {
            return ResponseWriter.response(error, requestID: RequestID())
        }
        do {
            guard let handler = operations.operations[decoded.operation.name] else {
                throw WireError.unknownOperation(decoded.operation.name, decoded.operation.service)
            }
            let output = try await handler(call(as: account), decoded.input)
            return ResponseWriter.response(output, for: decoded.operation, requestID: RequestID())
        } catch let error as WireError {
            return ResponseWriter.response(error, for: decoded.operation, requestID: RequestID())
        } catch {
            return WireResponse(status: 500, headers: [:], body: [])
        }
    }

    /// The code of the error that a request ends in.
    func failure(_ operation: String, _ body: JSON, as account: AccountID = .standard) async throws -> String? {
        let type = try await send(operation, body, as: account)["__type"]?.string
        return type?.split(separator: "#").last.map(String.init)
    }
}
