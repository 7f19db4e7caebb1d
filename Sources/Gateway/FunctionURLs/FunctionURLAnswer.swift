import Core
import NIOCore
import Platform

/// What a caller of a function URL is answered, read from what the function returned.
///
/// Source: AWS Lambda developer guide, "Invoking Lambda function URLs", "Response payload format": an object with a
/// `statusCode` says all of the answer; everything else is its body, as JSON.
struct FunctionURLAnswer: Equatable, Sendable {
    let status: Int
    let headers: [Header]
    let body: [UInt8]

    struct Header: Equatable, Sendable {
        let name: String
        let value: String
    }

    /// What says something of a connection, which is not the function's.
    private static let dropped: Set<String> = [
        "connection", "content-length", "date", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
        "proxy-authenticate", "proxy-connection",
    ]

    /// Reads what a function returned; `nil` for an answer that cannot be given.
    init?(_ payload: [UInt8]) {
        // What is no object is the body itself.
        guard let object = (try? JSON(parsing: payload))?.object, let code = object["statusCode"] else {
            status = 200
            headers = [Header(name: "content-type", value: "application/json")]
            body = payload
            return
        }
        guard let number = code.integer ?? code.string.flatMap({ Int64($0) }), (200...599).contains(number),
            let headers = Self.headers(object), let body = Self.body(object)
        else { return nil }
        status = Int(number)
        self.headers = headers
        self.body = body
    }

    private static func headers(_ object: JSONObject) -> [Header]? {
        var headers: [Header] = []
        if let given = object["headers"], !given.isNull {
            guard let members = given.object?.members else { return nil }
            for member in members {
                let name = member.key.lowercased()
                guard isName(name), let value = text(member.value) else { return nil }
                if !dropped.contains(name) { headers.append(Header(name: name, value: value)) }
            }
        }
        if !headers.contains(where: { $0.name == "content-type" }) {
            headers.append(Header(name: "content-type", value: "application/json"))
        }
        if let given = object["cookies"], !given.isNull {
            guard let cookies = given.array else { return nil }
            for cookie in cookies {
                guard let text = cookie.string else { return nil }
                headers.append(Header(name: "set-cookie", value: text))
            }
        }
        return headers
    }

    private static func text(_ value: JSON) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { HTTPCharacter.isToken($0) }
    }

    private static func body(_ object: JSONObject) -> [UInt8]? {
        guard let body = object["body"], !body.isNull else { return [] }
        guard let text = body.string else { return body.serialized }
        guard object["isBase64Encoded"]?.bool == true else { return Array(text.utf8) }
        return Base64.decode(text)
    }
}
