import Core
import Egress
import StatesLanguage

/// What a task wants of an endpoint on the web: `arn:aws:states:::http:invoke`.
///
/// Source: Step Functions developer guide, "Call HTTPS APIs in Step Functions workflows".
struct HTTPInvocation: Sendable {
    /// Why a request cannot be made of a task's arguments.
    struct Flaw: Error {
        let reason: String
    }

    private static let methods: Set<String> = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]
    private static let headerLimit = 64
    private static let answerLimit = 262_144
    /// Source: Step Functions developer guide, "Call HTTPS APIs": the most that a call may take.
    private static let seconds: Int64 = 60

    let endpoint: String
    let method: String
    /// The ARN of the connection that says how the call proves who makes it.
    let connection: String
    private var headers: [(name: String, value: String)] = []
    private var query: [(name: String, value: String)] = []
    private var body: JSON?
    private var encoding: FormEncoding?

    /// Reads the arguments of a task.
    init(_ arguments: JSON) throws(Flaw) {
        func text(_ name: String) throws(Flaw) -> String {
            guard let text = arguments[name]?.string, !text.isEmpty else {
                throw Flaw(reason: "The field '\(name)' is required.")
            }
            return text
        }
        endpoint = try text("ApiEndpoint")
        method = try text("Method").uppercased()
        guard Self.methods.contains(method) else {
            throw Flaw(reason: "The method \(method.prefix(32)) is not allowed.")
        }
        let proof = arguments["Authentication"] ?? arguments["InvocationConfig"]
        guard let connection = proof?["ConnectionArn"]?.string else {
            throw Flaw(reason: "The field 'Authentication.ConnectionArn' is required.")
        }
        self.connection = connection
        headers = try Self.pairs(arguments["Headers"], "Headers")
        query = try Self.pairs(arguments["QueryParameters"], "QueryParameters")
        body = arguments["RequestBody"]
        if arguments["Transform"]?["RequestBodyEncoding"] == "URL_ENCODED" {
            let format = arguments["Transform"]?["RequestEncodingOptions"]?["ArrayFormat"]?.string ?? "INDICES"
            guard let encoding = FormEncoding(rawValue: format) else {
                throw Flaw(reason: "The ArrayFormat \(format.prefix(32)) is unknown.")
            }
            self.encoding = encoding
        }
    }

    /// Names with texts; a name with a list comes once for each.
    private static func pairs(_ json: JSON?, _ name: String) throws(Flaw) -> [(name: String, value: String)] {
        guard let json, !json.isNull else { return [] }
        guard let object = json.object else { throw Flaw(reason: "The field '\(name)' is not an object.") }
        var pairs: [(name: String, value: String)] = []
        for member in object.members {
            for value in member.value.array ?? [member.value] { pairs.append((member.key, value.string ?? value.text)) }
        }
        guard pairs.count <= headerLimit else {
            throw Flaw(reason: "The field '\(name)' has more than \(headerLimit).")
        }
        return pairs
    }

    /// The request, with what the connection adds; what both say, the connection says.
    func request(
        _ added: AddedParameters, region: Region
    ) throws(Flaw) -> (address: WebAddress, asked: ClientRequest) {
        var own = AddedParameters()
        own.headers = headers.map { AddedParameters.Field(name: $0.name, value: $0.value) }
        own.query = query.map { AddedParameters.Field(name: $0.name, value: $0.value) }
        let bytes = bytes(added)
        if !bytes.isEmpty, own.header("content-type") == nil {
            let type = encoding == nil ? "application/json; charset=UTF-8" : "application/x-www-form-urlencoded"
            own.headers.append(AddedParameters.Field(name: "Content-Type", value: type))
        }
        if own.header("user-agent") == nil {
            let agent = "Amazon|StepFunctions|HttpInvoke|\(region)"
            own.headers.append(AddedParameters.Field(name: "User-Agent", value: agent))
        }
        let all = own.below(added)
        let asked = all.query.map { DestinationRequest.pair($0) }.joined(separator: "&")
        let joined = endpoint + (asked.isEmpty ? "" : (endpoint.contains("?") ? "&" : "?") + asked)
        guard let address = WebAddress(joined) else { throw Flaw(reason: "\(endpoint.prefix(256)) is not an URL.") }
        let call = ClientRequest(
            method, headers: all.headers.map { ($0.name, $0.value) }, body: bytes, answerLimit: Self.answerLimit,
            seconds: Self.seconds)
        return (address, call)
    }

    private func bytes(_ added: AddedParameters) -> [UInt8] {
        var body = body ?? .null
        if !added.body.isEmpty, body.isNull || body.object != nil {
            var object = body.object ?? JSONObject()
            for field in added.body { object[field.name] = .string(field.value) }
            body = .object(object)
        }
        if body.isNull { return [] }
        if let encoding, body.object != nil { return Array(encoding.text(of: body).utf8) }
        if let text = body.string, headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            return Array(text.utf8)
        }
        return body.serialized
    }

    /// What the task gives.
    static func result(_ answer: ClientAnswer) -> JSON {
        var headers = JSONObject()
        for (name, value) in answer.headers {
            let key = name.lowercased()
            headers[key] = .array((headers[key]?.array ?? []) + [.string(value)])
        }
        return [
            "Headers": .object(headers), "ResponseBody": body(answer),
            "StatusCode": .number(JSONNumber(Int64(answer.status))), "StatusText": .string(answer.reason),
        ]
    }

    /// JSON where it is some, else text.
    private static func body(_ answer: ClientAnswer) -> JSON {
        if answer.body.isEmpty { return "" }
        let type = answer.headers.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
        if type.contains("json"), let json = try? JSON(parsing: answer.body) { return json }
        return .string(String(decoding: answer.body, as: UTF8.self))
    }
}
