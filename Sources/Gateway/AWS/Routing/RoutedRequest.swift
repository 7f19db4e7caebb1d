import Core

/// A request whose operation is known but whose input has not been read.
package struct RoutedRequest: Sendable {
    enum Parts {
        case json
        case form([(name: String, value: String)])
        case rest(labels: [String: String], query: [(name: String, value: String)])
    }

    package let operation: OperationModel
    let request: WireRequest
    let parts: Parts

    /// Reads the input as the model asks for and validates it.
    package func input() throws(WireFailure) -> WireValue {
        let input: WireValue
        do { input = try bind() } catch {
            throw WireFailure(.malformed, .malformed(error, operation.service), Dialect(operation))
        }
        if let error = Validator(operation).error(in: input) {
            throw WireFailure(.invalid, error, Dialect(operation))
        }
        return input
    }

    /// Reads the input as the model asks for.
    func bind() throws(Malformed) -> WireValue {
        guard let member = operation.input else { return .structure(WireFields()) }
        switch parts {
        case .json:
            let json = request.body.isEmpty ? [:] : try JSON(body: request.body)
            return try JSONBinding(shapes: operation.shapes)
                .structure(json, members: operation.shapes[member].members)
        case .form(let pairs):
            return try FormBinding(shapes: operation.shapes)
                .structure(try FormNode(pairs: pairs), of: operation.shapes[member])
        case .rest(let labels, let query):
            return try RESTBinding(operation: operation, request: request, labels: labels, query: query).input()
        }
    }
}
