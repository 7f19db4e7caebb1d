extension WireError {
    /// The service is none of ours: a 4xx, because clients retry a 5xx for minutes.
    static func unknownService(_ name: String, _ request: WireRequest) -> WireError {
        let message =
            name.isEmpty
            ? "The request is not signed for any service." : "The service '\(name)' is not provided by this endpoint."
        switch Dialect(guessing: request).wireProtocol {
        case .json, .restJSON: return WireError("UnknownOperationException", message, status: 400)
        case .query: return WireError("InvalidAction", message, status: 400)
        case .restXML: return WireError("NotImplemented", message, status: 400)
        }
    }

    /// The operation is unknown, or known by name only: a 4xx, because clients retry a 5xx for minutes.
    package static func unknownOperation(_ name: String, _ service: ServiceIdentity) -> WireError {
        switch service.wireProtocol {
        case .json, .restJSON:
            let status = service.wireProtocol == .restJSON ? 404 : 400
            return WireError(
                "UnknownOperationException", "The operation '\(name.prefix(256))' is not provided by this endpoint.",
                status: status)
        case .query:
            return WireError(
                "InvalidAction", "Could not find operation \(name.prefix(256)) for version \(service.apiVersion)",
                status: 400)
        case .restXML:
            return WireError(
                "NotImplemented", "The operation '\(name.prefix(256))' is not provided by this endpoint.", status: 400)
        }
    }

    /// The request's bytes do not say what the model asks for.
    static func malformed(_ malformed: Malformed, _ service: ServiceIdentity) -> WireError {
        let code =
            switch service.wireProtocol {
            case .restJSON where service.signingName == "lambda": "InvalidRequestContentException"
            case .json, .restJSON: "SerializationException"
            case .query: "MalformedInput"
            case .restXML: "MalformedXML"
            }
        return WireError(code, malformed.reason, status: 400)
    }

    /// The input does not satisfy the model; `violations` is never empty.
    static func invalid(_ violations: [String], _ service: ServiceIdentity) -> WireError {
        let code =
            switch service.wireProtocol {
            case .query: "ValidationError"
            case .json where service.signingName == "logs": "InvalidParameterException"
            case .json, .restJSON, .restXML: "ValidationException"
            }
        let noun = violations.count == 1 ? "error" : "errors"
        let message = "\(violations.count) validation \(noun) detected: \(violations.joined(separator: "; "))"
        return WireError(code, message, status: 400)
    }
}
