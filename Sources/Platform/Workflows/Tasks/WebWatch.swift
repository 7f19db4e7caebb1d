import Core
import Egress
import Synchronization

/// Sees what a task sends over the web and what comes back: a test of its state shows it.
package final class WebWatch: Sendable {
    /// Whether what the connection adds is shown as well.
    package let revealsSecrets: Bool
    private let seen = Mutex<(request: JSON?, response: JSON?)>((nil, nil))

    /// Sees one call.
    package init(revealsSecrets: Bool) { self.revealsSecrets = revealsSecrets }

    var request: JSON? { seen.withLock { $0.request } }
    var response: JSON? { seen.withLock { $0.response } }

    func sends(_ asked: ClientRequest, to address: WebAddress) {
        let scheme = address.isSecure ? "https" : "http"
        let port = address.port.number == (address.isSecure ? 443 : 80) ? "" : ":\(address.port)"
        let request: JSON = [
            "protocol": .string(scheme), "method": .string(asked.method),
            "url": .string("\(scheme)://\(address.host.text)\(port)\(address.path)"),
            "headers": Self.headers(asked.headers), "body": .string(String(decoding: asked.body, as: UTF8.self)),
        ]
        seen.withLock { $0.request = request }
    }

    func gets(_ answer: ClientAnswer, from address: WebAddress) {
        let response: JSON = [
            "protocol": .string(address.isSecure ? "https" : "http"), "statusCode": .string(String(answer.status)),
            "statusMessage": .string(answer.reason), "headers": Self.headers(answer.headers),
            "body": .string(String(decoding: answer.body, as: UTF8.self)),
        ]
        seen.withLock { $0.response = response }
    }

    /// Headers as the service shows them: one text.
    private static func headers(_ headers: [(name: String, value: String)]) -> JSON {
        .string("[" + headers.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + "]")
    }
}
