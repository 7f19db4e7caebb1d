import Core

/// One operation of a service: how its request is recognised and read, and how its answer is written.
package struct OperationModel: Sendable {
    package let name: String
    package private(set) var service: ServiceIdentity
    /// Whether the model has the operation's shapes; without them it can only be refused by name.
    package let isServed: Bool
    /// Whether the operation may be called without a signature.
    package let allowsUnsigned: Bool
    let shapes: ShapeTable
    let method: String
    let template: URITemplate
    let successStatus: Int
    let input: Member?
    let output: Member?
    let errors: [String]

    /// Reads one operation of the model.
    init(name: String, json: JSON, service: ServiceIdentity, shapes: ShapeTable, shapesJSON: JSONObject) {
        self.name = name
        self.service = service
        self.shapes = shapes
        isServed = json["served"]?.bool ?? true
        allowsUnsigned = json["authtype"]?.string == "none"
        method = json["http"]?["method"]?.string ?? "POST"
        template = URITemplate(json["http"]?["requestUri"]?.string ?? "/")
        successStatus = json["http"]?["responseCode"]?.integer.map { Int($0) } ?? 200
        input = json["input"].map { Member(name: name, use: $0, shapes: shapesJSON) }
        output = json["output"].map { Member(name: name, use: $0, shapes: shapesJSON) }
        errors = json["errors"]?.array?.compactMap { $0.string ?? $0["shape"]?.string } ?? []
    }

    /// The same operation in the older query protocol of its service.
    func asQuery() -> OperationModel {
        var operation = self
        operation.service = service.asQuery()
        return operation
    }

    /// The shape of the error that has this code, or this shape name.
    func errorShape(_ code: String) -> Shape? {
        for name in errors {
            guard let shape = shapes[named: name] else { continue }
            if name == code || shape.error?.code == code { return shape }
        }
        return shapes[named: code].flatMap { $0.error == nil ? nil : $0 }
    }
}

/// What a service is called and how it speaks.
package struct ServiceIdentity: Sendable {
    /// The name in a signature's scope, which is also the prefix of its IAM actions.
    package let signingName: String
    package private(set) var wireProtocol: WireProtocol
    let apiVersion: String
    let xmlNamespace: String?
    let isQueryCompatible: Bool

    /// Reads the model's metadata.
    init(metadata: JSON?) {
        signingName = metadata?["signingName"]?.string ?? metadata?["endpointPrefix"]?.string ?? ""
        wireProtocol = WireProtocol(
            name: metadata?["protocol"]?.string ?? "", version: metadata?["jsonVersion"]?.string)
        apiVersion = metadata?["apiVersion"]?.string ?? ""
        xmlNamespace = metadata?["xmlNamespace"].flatMap { XMLNamespace($0)?.uri }
        isQueryCompatible = metadata?["awsQueryCompatible"] != nil
    }

    /// The same service as those know it who speak its older query protocol.
    func asQuery() -> ServiceIdentity {
        var service = self
        service.wireProtocol = .query
        return service
    }
}

/// The protocols AWS's services speak, as far as ours do.
package enum WireProtocol: Hashable, Sendable {
    case json(version: String)
    case query
    case restJSON
    case restXML

    init(name: String, version: String?) {
        switch name {
        case "query": self = .query
        case "rest-json": self = .restJSON
        case "rest-xml": self = .restXML
        default: self = .json(version: version ?? "1.0")
        }
    }
}
