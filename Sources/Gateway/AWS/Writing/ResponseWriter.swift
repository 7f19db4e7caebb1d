import Core

/// Writes answers: an operation's output or an error, in the protocol the caller speaks.
///
/// What the model does not know is dropped, so a handler may return more than a client is to see.
package enum ResponseWriter {
    /// Writes an operation's output.
    package static func response(_ output: WireValue, for operation: OperationModel, requestID: RequestID)
        -> WireResponse
    {
        switch operation.service.wireProtocol {
        case .json(let version): jsonResponse(output, operation, version, requestID)
        case .query: queryResponse(output, operation, requestID)
        case .restJSON, .restXML: RESTWriter(operation: operation, requestID: requestID).response(output)
        }
    }

    /// Writes an error thrown by a handler.
    package static func response(_ error: WireError, for operation: OperationModel, requestID: RequestID)
        -> WireResponse
    {
        ErrorWriter(dialect: Dialect(operation), requestID: requestID).response(error)
    }

    /// Writes an error of a request whose operation may not even be known.
    package static func response(_ error: WireError, in dialect: Dialect, requestID: RequestID) -> WireResponse {
        ErrorWriter(dialect: dialect, requestID: requestID).response(error)
    }

    /// Writes a request's refusal.
    package static func response(_ failure: WireFailure, requestID: RequestID) -> WireResponse {
        response(failure.error, in: failure.dialect, requestID: requestID)
    }

    private static func jsonResponse(
        _ output: WireValue, _ operation: OperationModel, _ version: String, _ requestID: RequestID
    ) -> WireResponse {
        var headers: WireHeaders = ["Content-Type": "application/x-amz-json-\(version)"]
        headers.append("x-amzn-RequestId", requestID.description)
        guard let member = operation.output else { return WireResponse(status: 200, headers: headers, body: []) }
        let members = operation.shapes[member].members
        let json = JSONWriter(shapes: operation.shapes).structure(output, members: members)
        return WireResponse(status: 200, headers: headers, body: json.serialized)
    }

    private static func queryResponse(
        _ output: WireValue, _ operation: OperationModel, _ requestID: RequestID
    ) -> WireResponse {
        var xml = XMLWriter(shapes: operation.shapes, times: .iso8601, isIndented: true)
        let namespace = operation.service.xmlNamespace.map { [("xmlns", $0)] } ?? []
        xml.element(operation.name + "Response", attributes: namespace) { xml in
            if let member = operation.output {
                xml.element(member.resultWrapper ?? operation.name + "Result") { xml in
                    xml.members(output, of: operation.shapes[member].members)
                }
            }
            xml.element("ResponseMetadata") { $0.element("RequestId", text: requestID.description) }
        }
        var headers: WireHeaders = ["Content-Type": "text/xml"]
        headers.append("x-amzn-RequestId", requestID.description)
        return WireResponse(status: 200, headers: headers, body: xml.bytes)
    }
}
