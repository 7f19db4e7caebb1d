import NIOCore

extension WireRequest {
    /// The request as the codec reads it.
    init(_ request: HTTPRequest) {
        let head = request.head
        self.init(
            method: head.text(head.method), rawPath: head.text(head.path), rawQuery: head.query.map(head.text) ?? "",
            headers: WireHeaders(head.headers.map { (name: head.text($0.name), value: head.text($0.value)) }),
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
