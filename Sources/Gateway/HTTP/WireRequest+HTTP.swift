import NIOCore
import NIOHTTP1

extension WireRequest {
    /// The request as the codec reads it.
    init(_ request: HTTPRequest) {
        let parts = request.head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            method: request.head.method.rawValue, rawPath: parts.first.map(String.init) ?? "/",
            rawQuery: parts.count > 1 ? String(parts[1]) : "",
            headers: WireHeaders(request.head.headers.map { (name: $0.name, value: $0.value) }),
            body: Array(request.body.readableBytesView))
    }
}

extension AuthenticationError.Dialect {
    /// The vocabulary of a protocol.
    init(_ wireProtocol: WireProtocol) {
        self =
            switch wireProtocol {
            case .json: .json
            case .query: .query
            case .restJSON: .restJSON
            case .restXML: .s3
            }
    }
}
