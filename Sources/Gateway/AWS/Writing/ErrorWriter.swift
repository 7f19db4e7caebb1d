import Core

/// Writes errors in each protocol's shape.
struct ErrorWriter {
    let dialect: Dialect
    let requestID: RequestID

    /// Writes an error; the model's error shape, if it has one, gives status, code and members.
    func response(_ error: WireError) -> WireResponse {
        let shape = dialect.operation?.errorShape(error.code)
        let status = error.status ?? modelled(shape?.error?.status ?? 400)
        let code = shape?.error?.code ?? error.code
        var response = WireResponse(status: status, headers: WireHeaders(), body: [])
        switch dialect.wireProtocol {
        case .json(let version):
            response.headers.append("Content-Type", "application/x-amz-json-\(version)")
            let isQueryCompatible = dialect.service?.isQueryCompatible == true
            // Codes that only the older query protocol had are exceptions now, and still told by their old names.
            let name = isQueryCompatible && !code.hasSuffix("Exception") ? "\(code)Exception" : code
            writeJSON(error, shape, type: shape?.name ?? name, isTyped: true, &response)
            if isQueryCompatible {
                let older = shape == nil && code.hasSuffix("Exception") ? String(code.dropLast(9)) : code
                response.headers.append("x-amzn-query-error", "\(older);\(Self.fault(status))")
            }
        case .restJSON:
            response.headers.append("Content-Type", "application/json")
            writeJSON(error, shape, type: shape?.name ?? code, isTyped: false, &response)
        case .query:
            response.headers.append("Content-Type", "text/xml")
            writeXML(error, shape, code, &response)
        case .restXML:
            response.headers.append("Content-Type", "application/xml")
            writeXML(error, shape, code, &response)
        }
        let isS3 = dialect.wireProtocol == .restXML
        response.headers.append(isS3 ? "x-amz-request-id" : "x-amzn-RequestId", requestID.description)
        return response
    }

    /// The JSON protocols know only whose fault it is.
    private func modelled(_ status: Int) -> Int {
        if case .json = dialect.wireProtocol { status < 500 ? 400 : 500 } else { status }
    }

    private static func fault(_ status: Int) -> String { status < 500 ? "Sender" : "Receiver" }

    private func writeJSON(
        _ error: WireError, _ shape: Shape?, type: String, isTyped: Bool, _ response: inout WireResponse
    ) {
        response.headers.append("x-amzn-ErrorType", type)
        var json = JSONObject(isTyped ? [("__type", .string(type))] : [])
        if let shape, let operation = dialect.operation {
            let content = content(of: error, shape, response.status)
            RESTWriter(operation: operation, requestID: requestID).placeOutsideBody(content, of: shape, in: &response)
            let members = shape.members.filter { isTyped || $0.isInResponseBody }
            let body = JSONWriter(shapes: operation.shapes).structure(content, members: members)
            for member in body.object?.members ?? [] { json[member.key] = member.value }
        }
        if json["message"] == nil, json["Message"] == nil, !error.message.isEmpty {
            json["message"] = .string(error.message)
        }
        response.body = JSON.object(json).serialized
    }

    private func writeXML(_ error: WireError, _ shape: Shape?, _ code: String, _ response: inout WireResponse) {
        let shapes = dialect.operation?.shapes ?? ShapeTable(JSONObject())
        var xml = XMLWriter(shapes: shapes, times: .iso8601)
        let content = shape.map { self.content(of: error, $0, response.status) } ?? .null
        if let shape, let operation = dialect.operation, dialect.wireProtocol == .restXML {
            RESTWriter(operation: operation, requestID: requestID).placeOutsideBody(content, of: shape, in: &response)
        }
        let status = response.status
        let write: (inout XMLWriter) -> Void = { xml in
            xml.element("Error") { xml in
                if dialect.service?.signingName != "s3" { xml.element("Type", text: Self.fault(status)) }
                xml.element("Code", text: code)
                if !error.message.isEmpty { xml.element("Message", text: error.message) }
                let own: Set<String> = ["type", "code", "message"]
                let members = shape?.members.filter { $0.isInResponseBody && !own.contains($0.wireName.lowercased()) }
                xml.members(content, of: members ?? [])
            }
        }
        if dialect.service?.signingName == "s3" {
            write(&xml)
        } else {
            let namespace = dialect.service?.xmlNamespace.map { [("xmlns", $0)] } ?? []
            xml.element("ErrorResponse", attributes: namespace) { xml in
                write(&xml)
                xml.element("RequestId", text: requestID.description)
            }
        }
        response.body = xml.bytes
    }

    /// The members of the error shape: what the handler gave, the message, and whose fault it is.
    private func content(of error: WireError, _ shape: Shape, _ status: Int) -> WireValue {
        var content = WireValue.structure(error.details)
        for member in shape.members where content[member.name] == nil {
            switch member.name.lowercased() {
            case "message" where !error.message.isEmpty: content[member.name] = .string(error.message)
            case "type" where dialect.wireProtocol == .restJSON:
                content[member.name] = .string(status < 500 ? "User" : "Service")
            default: break
            }
        }
        return content
    }
}
