import Core

/// What is added to calls of an outside endpoint, as a connection or the target of a rule says it.
struct AddedParameters: Equatable, Sendable {
    /// A name and its value.
    struct Field: Equatable, Sendable {
        let name: String
        let value: String
    }

    /// Fields of each kind.
    static let limit = 100

    var headers: [Field] = []
    var query: [Field] = []
    var body: [Field] = []
    /// What stands for the stars of the endpoint's path, in order.
    var path: [String] = []

    /// Adds nothing.
    init() {}

    /// Reads the `ConnectionHttpParameters` of a connection: lists of `Key` and `Value`.
    init(connection json: JSON?) {
        headers = Self.list(json?["HeaderParameters"])
        query = Self.list(json?["QueryStringParameters"])
        body = Self.list(json?["BodyParameters"])
    }

    /// Reads the `HttpParameters` of a target.
    init(target json: JSON?) {
        headers = Self.map(json?["HeaderParameters"])
        query = Self.map(json?["QueryStringParameters"])
        path = (json?["PathParameterValues"]?.array ?? []).prefix(Self.limit).compactMap(\.string)
    }

    /// These, and above them what others say under the same names.
    func below(_ others: AddedParameters) -> AddedParameters {
        var result = self
        result.headers = Self.merged(headers, others.headers) { $0.lowercased() }
        result.query = Self.merged(query, others.query) { $0 }
        result.body = Self.merged(body, others.body) { $0 }
        return result
    }

    /// The value of the first header of a name, which is in lower case.
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    private static func merged(_ own: [Field], _ others: [Field], _ fold: (String) -> String) -> [Field] {
        let names = Set(others.map { fold($0.name) })
        return own.filter { !names.contains(fold($0.name)) } + others
    }

    private static func list(_ json: JSON?) -> [Field] {
        (json?.array ?? []).prefix(limit).compactMap { entry in
            guard let name = entry["Key"]?.string else { return nil }
            return Field(name: name, value: entry["Value"]?.string ?? "")
        }
    }

    private static func map(_ json: JSON?) -> [Field] {
        (json?.object?.members ?? []).prefix(limit).map { Field(name: $0.key, value: $0.value.string ?? "") }
    }
}

extension EventTarget {
    /// The parameters for an HTTP endpoint with values of an event in the place of paths, as JSON.
    func httpParameters(for event: () -> JSON) -> String? {
        // It was JSON when it was kept.
        guard let text = parameters["HttpParameters"], let said = try? JSON(parsing: text) else { return nil }
        return Self.resolved(said, event).text
    }

    private static func resolved(_ said: JSON, _ event: () -> JSON) -> JSON {
        switch said {
        case .string(let text):
            guard text.hasPrefix("$."), let path = EventPath(text) else { return said }
            let value = path.value(in: event()) ?? ""
            return .string(value.string ?? value.text)
        case .array(let elements): return .array(elements.map { resolved($0, event) })
        case .object(let object):
            return .object(JSONObject(object.members.map { ($0.key, resolved($0.value, event)) }))
        default: return said
        }
    }
}
