import Core
import Synchronization

/// The service models, each parsed when its service is first asked for, so that they cost nothing at start.
package final class ServiceCatalog: Sendable {
    private let sources: [String: String]
    private let models = Mutex<[String: ServiceModel]>([:])

    /// The models that travel inside the binary.
    package static let embedded = ServiceCatalog(base64: Embedded.files)

    /// Takes models as base64 by file name, which is the service's signing name and `.json`.
    init(base64 sources: [String: String]) { self.sources = sources }

    /// The signing names of all services, without parsing anything.
    package var names: [String] {
        sources.keys.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// The model of the service that signs with this name.
    package func model(named name: String) -> ServiceModel? {
        models.withLock { models in
            if let model = models[name] { return model }
            guard let bytes = sources["\(name).json"].flatMap({ Base64.decode($0) }),
                // The files are our own; one that does not parse is as good as absent, and a test reads each.
                let json = try? JSON(parsing: bytes)
            else { return nil }
            let model = ServiceModel(json)
            models[name] = model
            return model
        }
    }
}
