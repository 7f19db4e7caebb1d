import Core

/// Writes the output of a REST operation: status, headers and body.
struct RESTWriter {
    let operation: OperationModel
    let requestID: RequestID

    private var isXML: Bool { operation.service.wireProtocol == .restXML }

    /// Writes the whole response.
    func response(_ output: WireValue) -> WireResponse {
        var response = WireResponse(status: operation.successStatus, headers: WireHeaders(), body: [])
        response.headers.append(isXML ? "x-amz-request-id" : "x-amzn-RequestId", requestID.description)
        guard let member = operation.output else {
            if !isXML { response.headers.append("Content-Type", "application/json") }
            return response
        }
        let shape = operation.shapes[member]
        placeOutsideBody(output, of: shape, in: &response)
        // These two statuses say that there is no body.
        if ![204, 304].contains(response.status) { writeBody(output, member, shape, &response) }
        return response
    }

    /// Puts the members that travel in the status and in headers where they belong.
    func placeOutsideBody(_ output: WireValue, of shape: Shape, in response: inout WireResponse) {
        for member in shape.members {
            guard let location = member.location, let value = output[member.name] else { continue }
            switch location {
            case .statusCode: response.status = value.int ?? response.status
            case .header:
                if let text = headerText(value, member) { appendHeader(member.wireName, text, &response) }
            case .headers:
                for (suffix, content) in value.fields?.members ?? [] {
                    let name = (member.locationName ?? "") + suffix
                    if response.headers[name] == nil { appendHeader(name, content.string ?? "", &response) }
                }
            case .uri, .querystring: break
            }
        }
    }

    private func writeBody(_ output: WireValue, _ member: Member, _ shape: Shape, _ response: inout WireResponse) {
        if let name = member.payload ?? shape.payload {
            guard let payload = shape.members.first(where: { $0.name == name }) else { return }
            return writePayload(output[name] ?? .null, payload, &response)
        }
        let members = shape.members.filter(\.isInResponseBody)
        if isXML, !members.isEmpty {
            var xml = XMLWriter(shapes: operation.shapes, times: .iso8601)
            xml.root(output, as: member, members: members, namespace: operation.service.xmlNamespace)
            response.body = xml.bytes
            contentType("application/xml", &response)
        } else if !isXML, !members.isEmpty || shape.members.isEmpty {
            response.body = JSONWriter(shapes: operation.shapes).structure(output, members: members).serialized
            contentType("application/json", &response)
        }
    }

    private func writePayload(_ value: WireValue, _ member: Member, _ response: inout WireResponse) {
        let kind = operation.shapes[member].kind
        switch (kind, value) {
        case (.blob, .blob(let bytes)):
            response.body = bytes
            contentType("application/octet-stream", &response)
        case (.blob, .string(let text)), (.string, .string(let text)):
            response.body = Array(text.utf8)
            contentType(kind == .blob ? "application/octet-stream" : "text/plain", &response)
        case (.blob, _), (.string, _), (_, .null): break
        default:
            if isXML {
                var xml = XMLWriter(shapes: operation.shapes, times: .iso8601)
                xml.write(value, as: member, name: member.locationName ?? operation.shapes[member].rootName)
                response.body = xml.bytes
                contentType("application/xml", &response)
            } else {
                response.body = JSONWriter(shapes: operation.shapes).json(value, as: member)?.serialized ?? []
                contentType("application/json", &response)
            }
        }
    }

    private func contentType(_ type: String, _ response: inout WireResponse) {
        if response.headers["content-type"] == nil { response.headers.append("Content-Type", type) }
    }

    private func headerText(_ value: WireValue, _ member: Member) -> String? {
        let shape = operation.shapes[member]
        if let element = shape.element, case .list(let elements) = value {
            let own = operation.shapes[element]
            let texts = elements.compactMap { ScalarText.text($0, as: element, own, times: .rfc822) }
            guard !texts.isEmpty else { return nil }
            return own.kind == .timestamp ? texts.joined(separator: ", ") : HeaderList.join(texts)
        }
        if member.isJSONText { return Base64.encode(value.json.serialized) }
        return ScalarText.text(value, as: member, shape, times: .rfc822)
    }

    /// A header's value must stay on its line, whatever a handler put into it.
    private func appendHeader(_ name: String, _ text: String, _ response: inout WireResponse) {
        let scalars = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
        response.headers.append(name, String(String.UnicodeScalarView(scalars)))
    }
}
