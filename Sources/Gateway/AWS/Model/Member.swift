import Core

/// One use of a shape: a structure's member, a list's element, a map's key or value, an operation's input or output.
///
/// What the model says about the use wins over what it says about the shape. Shared, as shapes are.
package final class Member: Sendable {
    /// Where in an HTTP message a member travels when it is not in the body.
    enum Location: String {
        case uri, querystring, header, headers, statusCode
    }

    package let name: String
    package let shape: String
    let location: Location?
    let locationName: String?
    /// The name in the older query protocol of a service that speaks JSON now.
    let queryName: String?
    let timestampFormat: TimestampFormat?
    let xmlNamespace: XMLNamespace?
    let isFlattened: Bool
    /// What each element of a flattened list or map is called in XML.
    let flattenedName: String
    let isXMLAttribute: Bool
    let isJSONText: Bool
    let isIdempotencyToken: Bool
    let payload: String?
    let resultWrapper: String?

    /// Reads the use from the model, over the shape it uses.
    init(name: String, use: JSON, shapes: JSONObject?) {
        let shape = use["shape"]?.string ?? ""
        let under = shapes?[shape]
        func trait(_ key: String) -> JSON? { use[key] ?? under?[key] }
        self.name = name
        self.shape = shape
        location = trait("location")?.string.flatMap { Location(rawValue: $0) }
        // A structure's own name is what its element is called as the root of a document, not as a member.
        locationName = (under?["type"] == "structure" ? use["locationName"] : trait("locationName"))?.string
        queryName = trait("queryName")?.string
        timestampFormat = trait("timestampFormat")?.string.flatMap { TimestampFormat(rawValue: $0) }
        xmlNamespace = trait("xmlNamespace").flatMap { XMLNamespace($0) }
        isFlattened = trait("flattened")?.bool ?? false
        // Where the list itself is flattened, and not its use, its elements' own name counts.
        let element = use["flattened"] == nil ? under?["member"] : nil
        let elementName = element?["queryName"]?.string ?? element?["locationName"]?.string
        flattenedName = queryName ?? locationName ?? elementName ?? name
        isXMLAttribute = trait("xmlAttribute")?.bool ?? false
        isJSONText = trait("jsonvalue")?.bool ?? false
        isIdempotencyToken = trait("idempotencyToken")?.bool ?? false
        payload = trait("payload")?.string
        resultWrapper = trait("resultWrapper")?.string
    }

    /// Whether the member of a response travels in its body: what only a request has a place for does.
    var isInResponseBody: Bool { location == nil || location == .uri || location == .querystring }

    /// The name on the wire.
    var wireName: String { locationName ?? name }

    /// The name in forms and in the XML that answers them.
    var formName: String { queryName ?? wireName }
}

/// An XML namespace as the model declares it for an element.
struct XMLNamespace: Sendable {
    let prefix: String?
    let uri: String

    /// Takes either form the models have: an object, or just the URI.
    init?(_ json: JSON) {
        guard let uri = json.string ?? json["uri"]?.string else { return nil }
        self.uri = uri
        prefix = json["prefix"]?.string
    }
}
