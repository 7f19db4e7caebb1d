/// A request that is refused before a handler sees it, with what is known about how to answer.
package struct WireFailure: Error, Sendable {
    /// Why it is refused; operators count these.
    package enum Reason: Hashable, Sendable {
        case unknownService, unknownOperation, notServed, malformed, invalid
    }

    package let reason: Reason
    package let error: WireError
    package let dialect: Dialect

    init(_ reason: Reason, _ error: WireError, _ dialect: Dialect) {
        self.reason = reason
        self.error = error
        self.dialect = dialect
    }
}

/// How an answer is to be written: the protocol, and what is known of the service and operation.
package struct Dialect: Sendable {
    package let wireProtocol: WireProtocol
    package let service: ServiceIdentity?
    package let operation: OperationModel?

    /// The dialect of an operation.
    package init(_ operation: OperationModel) {
        wireProtocol = operation.service.wireProtocol
        service = operation.service
        self.operation = operation
    }

    /// The dialect of a service of whose operations none was recognised.
    init(_ service: ServiceIdentity) {
        wireProtocol = service.wireProtocol
        self.service = service
        operation = nil
    }

    /// The best guess for a request to a service that is not known.
    package init(guessing request: WireRequest) {
        if request.headers["x-amz-target"] != nil {
            let version = request.headers["content-type"]?.hasSuffix("1.1") == true ? "1.1" : "1.0"
            wireProtocol = .json(version: version)
        } else if request.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true {
            wireProtocol = .query
        } else {
            wireProtocol = SignedService.name(of: request) == "s3" ? .restXML : .restJSON
        }
        service = nil
        operation = nil
    }
}
