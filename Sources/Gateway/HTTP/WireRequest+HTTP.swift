import NIOCore
import NIOHTTP1

extension WireRequest {
    /// The request as the codec reads it.
    init(_ request: HTTPRequest) {
        // By bytes, as signatures are: a question mark with an accent is one character, and no question mark.
        let uri = request.head.uri.utf8
        let mark = uri.firstIndex(of: UInt8(ascii: "?")) ?? uri.endIndex
        self.init(
            method: request.head.method.rawValue, rawPath: String(request.head.uri[..<mark]),
            rawQuery: String(request.head.uri[mark...].utf8.dropFirst()) ?? "",
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
