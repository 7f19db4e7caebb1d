/// How the end of a body is known.
enum BodyFraming: Hashable, Sendable {
    case none
    case length(Int)
    case chunked
    case untilClose

    /// The framing of a request (RFC 9112 section 6.3): without a length there is no body.
    init(ofRequest fields: ConnectionFields, isOld: Bool) throws(HTTPSyntaxError) {
        guard fields.length == nil || !fields.isChunked, !isOld || !fields.isChunked else { throw .ambiguousLength }
        switch fields.length {
        case nil: self = fields.isChunked ? .chunked : .none
        case 0?: self = .none
        case let length?: self = .length(length)
        }
    }

    /// The framing of an answer: the method asked and the status decide before the fields do.
    init(
        ofResponse fields: ConnectionFields, status: Int, isOld: Bool, method: String
    ) throws(HTTPSyntaxError) {
        guard fields.length == nil || !fields.isChunked, !isOld || !fields.isChunked else { throw .ambiguousLength }
        if method == "HEAD" || status < 200 || status == 204 || status == 304 {
            self = .none
        } else if fields.isChunked {
            self = .chunked
        } else if let length = fields.length {
            self = length == 0 ? .none : .length(length)
        } else {
            self = .untilClose
        }
    }
}
