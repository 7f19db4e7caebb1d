import Core

@testable import Gateway

/// Makes requests as clients send them, with the scope of a signature but without one.
enum WireRequests {
    /// A request signed for a service.
    static func make(
        _ service: String, method: String = "POST", path: String = "/", query: String = "",
        headers: [(name: String, value: String)] = [], body: String = ""
    ) -> WireRequest {
        make(service, method: method, path: path, query: query, headers: headers, bytes: Array(body.utf8))
    }

    /// A request signed for a service, with a body of any bytes.
    static func make(
        _ service: String, method: String = "POST", path: String = "/", query: String = "",
        headers: [(name: String, value: String)] = [], bytes: [UInt8]
    ) -> WireRequest {
        let credential = "AKIDEXAMPLE/20261120/eu-west-1/\(service)/aws4_request"
        let authorization = "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=host, Signature=0"
        return WireRequest(
            method: method, rawPath: path, rawQuery: query,
            headers: WireHeaders([(name: "Authorization", value: authorization)] + headers), body: bytes)
    }

    /// A request of the query protocol.
    static func form(_ service: String, _ body: String) -> WireRequest {
        make(
            service, headers: [(name: "Content-Type", value: "application/x-www-form-urlencoded; charset=utf-8")],
            body: body)
    }

    /// A request of the JSON protocol.
    static func json(_ service: String, _ target: String, _ body: String) -> WireRequest {
        make(service, headers: [(name: "X-Amz-Target", value: target)], body: body)
    }

    /// The failure a request ends in; `nil` if it is decoded.
    static func failure(_ request: WireRequest) -> WireFailure? {
        do {
            _ = try Router.decode(request: request)
            return nil
        } catch { return error }
    }
}
