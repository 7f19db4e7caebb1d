import Core

@testable import Gateway

/// Reads responses as a client does, with the readers that the server has for requests.
struct WireClient {
    let vector: WireVector

    /// Reads an operation's output.
    func output(of response: WireResponse) throws -> WireValue {
        guard let member = vector.operation.output else { return .structure(WireFields()) }
        let shapes = vector.operation.shapes
        let shape = shapes[member]
        switch vector.model.identity.wireProtocol {
        case .json:
            let json = response.body.isEmpty ? [:] : try JSON(body: response.body)
            return try JSONBinding(shapes: shapes).structure(json, members: shape.members)
        case .query:
            guard !response.body.isEmpty else { return .structure(WireFields()) }
            let root = try XMLReader.root(of: response.body)
            let result = member.resultWrapper.flatMap { root.child($0) } ?? root.children.first ?? root
            return try XMLBinding(shapes: shapes).structure(
                root.children.contains { $0.name.hasSuffix("Result") } ? result : root, members: shape.members)
        case .restJSON, .restXML: return try members(of: response, shape: shape, side: "output")
        }
    }

    /// Reads an error: its code and the members of its shape.
    func error(of response: WireResponse, shape: Shape) throws -> (code: String, content: WireValue) {
        switch vector.model.identity.wireProtocol {
        case .json, .restJSON:
            let json = response.body.isEmpty ? [:] : try JSON(body: response.body)
            let type = response.headers["x-amzn-errortype"] ?? json["__type"]?.string ?? json["code"]?.string ?? ""
            let queryCode = response.headers["x-amzn-query-error"]?.split(separator: ";").first.map(String.init)
            let local = type.split(separator: ":").first?.split(separator: "#").last ?? ""
            return (queryCode ?? String(local), try members(of: response, shape: shape, side: "error"))
        case .query, .restXML:
            let root = try XMLReader.root(of: response.body)
            let error = root.child("Error") ?? root
            var content = try XMLBinding(shapes: vector.operation.shapes).structure(
                error, members: shape.members.filter { $0.location == nil })
            for (name, value) in try members(
                of: WireResponse(status: response.status, headers: response.headers, body: []),
                shape: shape, side: "error"
            ).fields?.members ?? [] { content[name] = value }
            return (error.child("Code")?.text ?? "", content)
        }
    }

    /// Reads a REST response as if it were the request of an operation whose input is the response's shape.
    private func members(of response: WireResponse, shape: Shape, side: String) throws -> WireValue {
        var given = vector.json["given"]?.object ?? JSONObject()
        given["input"] = side == "output" ? given["output"] : ["shape": .string(shape.name)]
        let mirrored = OperationModel(
            name: vector.operation.name, json: .object(given), service: vector.operation.service,
            shapes: vector.operation.shapes, shapesJSON: vector.shapesJSON)
        let request = WireRequest(
            method: "POST", rawPath: "/", rawQuery: "", headers: response.headers, body: response.body)
        var value = try RESTBinding(operation: mirrored, request: request, labels: [:], query: []).input()
        // Where only a request has a place for a member, a response has it in the body.
        let inBody = shape.members.filter { $0.location == .uri || $0.location == .querystring }
        if !inBody.isEmpty, !response.body.isEmpty {
            let body =
                vector.model.identity.wireProtocol == .restXML
                ? try XMLBinding(shapes: vector.operation.shapes).structure(
                    try XMLReader.root(of: response.body), members: inBody)
                : try JSONBinding(shapes: vector.operation.shapes).structure(
                    try JSON(body: response.body), members: inBody)
            for (name, content) in body.fields?.members ?? [] { value[name] = content }
        }
        for member in shape.members where member.location == .statusCode {
            value[member.name] = .integer(Int64(response.status))
        }
        return value
    }
}
