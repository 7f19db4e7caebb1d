import Core

/// A request that the host process itself makes.
package struct WebRequest: Sendable {
    package let method: String
    package let address: WebAddress
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    /// Takes a request; what frames the body, and the name of the host, are added when it is made.
    package init(method: String, address: WebAddress, headers: [(name: String, value: String)], body: [UInt8] = []) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
    }

    /// The request as a proxy reads it, so that no header can be more than one.
    func proxied() throws(EgressRefusal) -> ProxyRequest {
        guard !method.isEmpty, method.utf8.allSatisfy(HTTPCharacter.isToken), method != "CONNECT" else {
            throw .request(.method(method))
        }
        var text = "\(method) \(address.plainText) HTTP/1.1\r\nHost: \(address.host.text):\(address.port)\r\n"
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy(HTTPCharacter.isToken) else { throw .request(.syntax(.field)) }
            text += "\(name): \(value)\r\n"
        }
        text += "Connection: close\r\nContent-Length: \(body.count)\r\n\r\n"
        let head: MessageHead
        do throws(HTTPSyntaxError) { head = try MessageHead(parsing: Array(text.utf8)) } catch {
            throw .request(.syntax(error))
        }
        guard head.fields.count == headers.count + 3 else { throw .request(.syntax(.field)) }
        do throws(RequestFault) { return try ProxyRequest(head) } catch { throw .request(error) }
    }
}
