import Core

/// How an event of a bus leaves as a CloudEvent, where the target of a rule asks for one.
///
/// Source: CloudEvents 1.0.2, "JSON Event Format" and "HTTP Protocol Binding".
enum CloudEventForm: Equatable, Sendable {
    /// All of it in the body.
    case structured
    /// The data in the body, all else in headers.
    case binary

    /// A request that is to be sent.
    struct Made: Equatable, Sendable {
        fileprivate(set) var contentType: String
        fileprivate(set) var attributes: [AddedParameters.Field] = []
        let body: [UInt8]

        /// Its headers in the place of those of the same names.
        func headers(in added: AddedParameters) -> AddedParameters {
            var own = AddedParameters()
            own.headers = [AddedParameters.Field(name: "Content-Type", value: contentType)] + attributes
            return added.below(own)
        }
    }

    private static let mediaType = "application/cloudevents+json"

    /// The content type, or a header with the version, says what is wanted; `nil` for neither.
    init?(headers: AddedParameters) {
        let type = headers.header("content-type")?.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        if type == Self.mediaType {
            self = .structured
        } else if headers.header("ce-specversion") == "1.0" {
            self = .binary
        } else {
            return nil
        }
    }

    /// The request for an event; `nil` for what is no event.
    func made(of event: [UInt8]) -> Made? {
        // What is no JSON is no event.
        guard let json = try? JSON(parsing: event), var attributes = Self.attributes(of: json) else { return nil }
        let data = Self.data(of: json)
        switch self {
        case .structured:
            if let (name, value) = data { attributes[name] = value }
            return Made(
                contentType: "\(Self.mediaType); charset=UTF-8", body: JSON.object(attributes).serialized)
        case .binary:
            let contentType = attributes["datacontenttype"]?.string ?? "application/json"
            attributes["datacontenttype"] = nil
            var made = Made(contentType: contentType, body: Self.bytes(of: data, contentType))
            made.attributes = attributes.members.map { member in
                AddedParameters.Field(
                    name: "ce-\(member.key)", value: Self.headerValue(member.value.string ?? member.value.text))
            }
            return made
        }
    }

    /// Members of an event as attributes, and above them what came with it when it was a CloudEvent.
    private static func attributes(of event: JSON) -> JSONObject? {
        guard let id = event["id"], let source = event["source"], let type = event["detail-type"] else { return nil }
        var attributes = JSONObject([
            ("specversion", "1.0"), ("id", id), ("source", source), ("type", type),
        ])
        if let time = event["time"] { attributes["time"] = time }
        for member in event["cloudevents"]?.object?.members ?? [] { attributes[member.key] = member.value }
        if attributes["datacontenttype"] == nil { attributes["datacontenttype"] = "application/json" }
        return attributes
    }

    /// The detail is the data; what had to be put into a member of it comes out again.
    private static func data(of event: JSON) -> (name: String, value: JSON)? {
        guard let detail = event["detail"] else { return nil }
        if let members = detail.object, members.count == 1, event["cloudevents"] != nil {
            if let data = members["data"] { return ("data", data) }
            if let data = members["data_base64"] { return ("data_base64", data) }
        }
        return ("data", detail)
    }

    private static func bytes(of data: (name: String, value: JSON)?, _ contentType: String) -> [UInt8] {
        guard let data else { return [] }
        if data.name == "data_base64", let bytes = data.value.string.flatMap({ Base64.decode($0) }) { return bytes }
        let isJSON = contentType.prefix { $0 != ";" }.lowercased().hasSuffix("json")
        if case .string(let text) = data.value, !isJSON { return Array(text.utf8) }
        return data.value.serialized
    }

    /// Printable ASCII without quotation marks and percent signs goes as it is, all else percent-encoded (HTTP Protocol
    /// Binding, section 3.1.3.2).
    private static func headerValue(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "%") {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
