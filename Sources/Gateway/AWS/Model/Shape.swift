import Core

/// A type of a service model: how a value is built and what it must satisfy.
///
/// Shared by all who read and write such values: each request looks many up, none makes one.
package final class Shape: Sendable {
    /// What the codec tells apart; the model's other names are spellings of these.
    enum Kind: Sendable {
        case structure, list, map, string, blob, boolean, integer, long, double, timestamp, document
    }

    package let name: String
    let kind: Kind
    package let members: [Member]
    package let required: [String]
    let element: Member?
    let key: Member?
    let value: Member?
    let minimum: Double?
    let maximum: Double?
    let pattern: String?
    let enumeration: [String]?
    let isSensitive: Bool
    let isEventStream: Bool
    let payload: String?
    /// What the shape's element is called where it is the root of an XML document.
    let rootName: String
    let error: ErrorTraits?

    /// What the model says about an error beside its members.
    struct ErrorTraits: Sendable {
        let code: String?
        let status: Int?
    }

    /// Reads one shape of the model.
    init(name: String, json: JSON, shapes: JSONObject) {
        self.name = name
        kind = json["document"]?.bool == true ? .document : Self.kind(json["type"]?.string ?? "")
        members = (json["members"]?.object?.members ?? []).map {
            Member(name: $0.key, use: $0.value, shapes: shapes)
        }
        required = json["required"]?.array?.compactMap(\.string) ?? []
        element = json["member"].map { Member(name: "member", use: $0, shapes: shapes) }
        key = json["key"].map { Member(name: "key", use: $0, shapes: shapes) }
        value = json["value"].map { Member(name: "value", use: $0, shapes: shapes) }
        minimum = json["min"]?.double
        maximum = json["max"]?.double
        pattern = json["pattern"]?.string
        enumeration = json["enum"]?.array?.compactMap(\.string)
        isSensitive = json["sensitive"]?.bool ?? false
        isEventStream = json["eventstream"]?.bool ?? false
        payload = json["payload"]?.string
        rootName = json["locationName"]?.string ?? name
        error = Self.errorTraits(json)
    }

    private static func errorTraits(_ json: JSON) -> ErrorTraits? {
        guard json["exception"]?.bool == true || json["error"] != nil else { return nil }
        let status = json["error"]?["httpStatusCode"]?.integer.map { Int($0) }
        return ErrorTraits(
            code: json["error"]?["code"]?.string, status: status ?? (json["fault"]?.bool == true ? 500 : nil))
    }

    private static func kind(_ type: String) -> Kind {
        switch type {
        case "structure": .structure
        case "list": .list
        case "map": .map
        case "blob": .blob
        case "boolean": .boolean
        case "byte", "short", "integer": .integer
        case "long": .long
        case "float", "double": .double
        case "timestamp": .timestamp
        default: .string
        }
    }
}

/// The shapes of one service, by name.
struct ShapeTable: Sendable {
    private let shapes: [String: Shape]
    private static let unknown = Shape(name: "", json: .null, shapes: JSONObject())

    /// Reads all shapes of a model.
    init(_ json: JSONObject) {
        shapes = Dictionary(
            uniqueKeysWithValues: json.members.map {
                ($0.key, Shape(name: $0.key, json: $0.value, shapes: json))
            })
    }

    /// The shape a member uses; a name the model lacks, which would be a broken model, is a string.
    subscript(_ member: Member) -> Shape { shapes[member.shape] ?? Self.unknown }

    /// The shape of that name.
    subscript(named name: String) -> Shape? { shapes[name] }
}
