import Core

/// One service's model: its identity, its operations by name, and for REST its routes.
package struct ServiceModel: Sendable {
    package let identity: ServiceIdentity
    package let operations: [String: OperationModel]
    let routes: RouteTree

    /// Reads a model in botocore's form, as `dev/prune-models` leaves it.
    init(_ json: JSON) {
        let identity = ServiceIdentity(metadata: json["metadata"])
        let shapesJSON = json["shapes"]?.object ?? JSONObject()
        let shapes = ShapeTable(shapesJSON)
        self.identity = identity
        operations = Dictionary(
            uniqueKeysWithValues: (json["operations"]?.object?.members ?? []).map {
                let operation = OperationModel(
                    name: $0.key, json: $0.value, service: identity, shapes: shapes, shapesJSON: shapesJSON)
                return ($0.key, operation)
            })
        var routes = RouteTree()
        switch identity.wireProtocol {
        case .restJSON, .restXML:
            for operation in operations.values.sorted(by: { $0.name < $1.name }) {
                routes.insert(operation.name, method: operation.method, template: operation.template)
            }
        case .json, .query: break
        }
        self.routes = routes
    }
}
