import Core
import NIOCore
import Platform

/// The event that a function gets for a request to its URL: payload format 2.0.
///
/// Source: AWS Lambda developer guide, "Invoking Lambda function URLs", "Request payload format".
enum FunctionURLEvent {
    /// What says something of one connection only, and what the platform says itself.
    private static let dropped: Set<String> = [
        "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-authorization",
        "proxy-authenticate", "proxy-connection", "cookie", "x-amzn-trace-id", "x-forwarded-proto", "x-forwarded-port",
    ]
    /// What proves who signed: it was looked at, and a function could only misuse it.
    private static let proofs: Set<String> = ["authorization", "x-amz-security-token"]

    /// The bytes of the event.
    static func bytes(
        _ request: HTTPRequest, _ target: FunctionURLTarget, by principal: Principal, accessKey: String?,
        at now: Instant
    ) -> [UInt8] {
        var event = JSONObject([
            ("version", "2.0"), ("routeKey", "$default"), ("rawPath", .string(target.path)),
            ("rawQueryString", .string(request.head.query.map(request.head.text) ?? "")),
        ])
        let cookies = cookies(request.head)
        if !cookies.isEmpty { event["cookies"] = .array(cookies.map(JSON.string)) }
        let headers = headers(request, isSigned: accessKey != nil)
        event["headers"] = .object(headers)
        let query = query(request.head)
        if !query.isEmpty { event["queryStringParameters"] = .object(query) }
        event["requestContext"] = context(request, target, principal, accessKey, now)
        if request.body.readableBytes > 0 {
            let body = Array(request.body.readableBytesView)
            if let text = text(body, headers) {
                event["body"] = .string(text)
                event["isBase64Encoded"] = false
            } else {
                event["body"] = .string(Base64.encode(body))
                event["isBase64Encoded"] = true
            }
        } else {
            event["isBase64Encoded"] = false
        }
        return JSON.object(event).serialized
    }

    /// Names in lower case; several of one name are one value, with commas between.
    private static func headers(_ request: HTTPRequest, isSigned: Bool) -> JSONObject {
        var headers = JSONObject()
        for header in request.head.headers {
            let name = request.head.text(header.name)
            guard !dropped.contains(name), !isSigned || !proofs.contains(name) else { continue }
            let value = request.head.text(header.value)
            headers[name] = .string((headers[name]?.string).map { "\($0),\(value)" } ?? value)
        }
        let source = request.source?.ipAddress ?? ""
        let forwarded = headers["x-forwarded-for"]?.string
        headers["x-forwarded-for"] = .string(forwarded.map { "\($0), \(source)" } ?? source)
        headers["x-forwarded-proto"] = "http"
        headers["x-forwarded-port"] = .string(port(of: request.head))
        headers["x-amzn-trace-id"] = .string(request.trace.amazon)
        return headers
    }

    private static func port(of head: RequestText) -> String {
        let host = head.header("host") ?? ""
        guard let colon = host.lastIndex(of: ":"), let port = Int(host[host.index(after: colon)...]) else {
            return "80"
        }
        return String(port)
    }

    private static func cookies(_ head: RequestText) -> [String] {
        head.headers.filter { head.part($0.name, is: "cookie") }.flatMap { header in
            head.text(header.value).split(separator: ";").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
        }
    }

    private static func query(_ head: RequestText) -> JSONObject {
        var query = JSONObject()
        // What cannot be decoded stands in the raw query alone.
        guard let text = head.query.map(head.text), let pairs = try? PercentCoding.pairs(text) else { return query }
        for (name, value) in pairs {
            query[name] = .string((query[name]?.string).map { "\($0),\(value)" } ?? value)
        }
        return query
    }

    private static func context(
        _ request: HTTPRequest, _ target: FunctionURLTarget, _ principal: Principal, _ accessKey: String?,
        _ now: Instant
    ) -> JSON {
        var context = JSONObject()
        var isAnonymous = false
        if case .anonymous = principal { isAnonymous = true }
        context["accountId"] = isAnonymous ? "anonymous" : .string(principal.account.text)
        context["apiId"] = .string(target.id)
        if !isAnonymous {
            context["authorizer"] = [
                "iam": [
                    "accessKey": accessKey.map(JSON.string) ?? nil, "accountId": .string(principal.account.text),
                    "callerId": .string(principal.uniqueID), "cognitoIdentity": nil, "principalOrgId": nil,
                    "userArn": .string(principal.arn.description), "userId": .string(principal.uniqueID),
                ]
            ]
        }
        let head = request.head
        context["domainName"] = .string(target.domain)
        context["domainPrefix"] = .string(target.id)
        context["http"] = [
            "method": .string(head.text(head.method)), "path": .string(target.path), "protocol": "HTTP/1.1",
            "sourceIp": .string(request.source?.ipAddress ?? ""), "userAgent": .string(head.header("user-agent") ?? ""),
        ]
        context["requestId"] = .string(request.id.description)
        context["routeKey"] = "$default"
        context["stage"] = "$default"
        context["time"] = .string(time(now))
        context["timeEpoch"] = .number(JSONNumber(now.milliseconds))
        return .object(context)
    }

    /// The body as text, if its type says that it is text and it is.
    private static func text(_ body: [UInt8], _ headers: JSONObject) -> String? {
        guard headers["content-encoding"] == nil else { return nil }
        let type = (headers["content-type"]?.string ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        let isText =
            type.isEmpty || type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml")
            || ["application/json", "application/javascript", "application/xml"].contains(type)
        return isText ? String(validating: body, as: UTF8.self) : nil
    }

    /// The time as logs of web servers have it: `12/Mar/2020:19:03:58 +0000`.
    private static func time(_ now: Instant) -> String {
        // `Thu, 12 Mar 2020 19:03:58 GMT`
        let parts = HTTPDate.text(now.milliseconds / 1000).split(separator: " ")
        return "\(parts[1])/\(parts[2])/\(parts[3]):\(parts[4]) +0000"
    }
}
