import Core
import Platform

/// An event as CloudEvents 1.0 has it: its context attributes, and its data.
///
/// Source: CloudEvents 1.0.2, "CloudEvents - Version 1.0.2", "JSON Event Format" and "HTTP Protocol Binding".
struct CloudEvent: Equatable, Sendable {
    /// Why something is no event.
    enum Flaw: Error, Hashable, Sendable {
        case notJSON(byte: Int)
        case notAnObject
        case notABatch
        case unknownVersion(String)
        case missing(String)
        case badAttribute(String)
        case twoData
        case badData
    }

    /// Attributes of one event.
    private static let attributeLimit = 64

    let source: String
    let type: String
    let time: Instant?
    /// All attributes but source, type and time, for which events of buses have members.
    let context: JSONObject
    /// The data as the detail of an event: itself where it is a JSON object, else under `data` or `data_base64`.
    let detail: JSON

    /// Reads the JSON format.
    init(_ json: JSON) throws(Flaw) {
        guard let members = json.object else { throw .notAnObject }
        var attributes = JSONObject()
        for member in members.members where !["data", "data_base64"].contains(member.key) {
            if !member.value.isNull { attributes[member.key] = member.value }
        }
        let detail: JSON
        switch (members["data"], members["data_base64"]) {
        case (.some, .some): throw .twoData
        case (let data?, nil): detail = Self.detail(data)
        case (nil, let data?):
            guard let text = data.string, Base64.decode(text) != nil else { throw .badData }
            detail = ["data_base64": .string(text)]
        case (nil, nil): detail = [:]
        }
        try self.init(attributes, detail)
    }

    /// Reads the binary mode: attributes from headers that begin with `ce-`, the data from the body.
    init(headers: [(name: String, value: String)], body: [UInt8]) throws(Flaw) {
        var attributes = JSONObject()
        var contentType: String?
        for (name, value) in headers {
            let name = name.lowercased()
            if name == "content-type" { contentType = value }
            guard name.hasPrefix("ce-") else { continue }
            do {
                attributes[String(name.dropFirst(3))] = .string(try PercentCoding.decode(value, plusIsSpace: false))
            } catch { throw .badAttribute(name) }
        }
        if let contentType { attributes["datacontenttype"] = .string(contentType) }
        let detail: JSON
        if body.isEmpty {
            detail = [:]
        } else if Self.isJSON(contentType) {
            do throws(JSONError) { detail = Self.detail(try JSON(parsing: body)) } catch {
                throw .notJSON(byte: error.offset)
            }
        } else if let text = String(validating: body, as: UTF8.self), contentType?.hasPrefix("text/") == true {
            detail = ["data": .string(text)]
        } else {
            detail = ["data_base64": .string(Base64.encode(body))]
        }
        try self.init(attributes, detail)
    }

    private init(_ attributes: JSONObject, _ detail: JSON) throws(Flaw) {
        guard attributes.count <= Self.attributeLimit else { throw .badAttribute("more than \(Self.attributeLimit)") }
        for attribute in attributes.members {
            let isName = !attribute.key.isEmpty && attribute.key.utf8.allSatisfy(Self.isNameByte)
            guard isName, attribute.value.array == nil, attribute.value.object == nil else {
                throw .badAttribute(attribute.key)
            }
        }
        for name in ["specversion", "id", "source", "type"] {
            guard attributes[name]?.string?.isEmpty == false else { throw .missing(name) }
        }
        guard let version = attributes["specversion"]?.string, version == "1.0" else {
            throw .unknownVersion(attributes["specversion"]?.string ?? "")
        }
        source = attributes["source"]?.string ?? ""
        type = attributes["type"]?.string ?? ""
        var context = attributes
        if let text = attributes["time"]?.string {
            guard let seconds = Timestamp.parse(text), (0..<253_402_300_800).contains(seconds) else {
                throw .badAttribute("time")
            }
            time = Instant(milliseconds: Int64(seconds * 1000))
        } else {
            guard attributes["time"] == nil else { throw .badAttribute("time") }
            time = nil
        }
        for name in ["source", "type", "time"] { context[name] = nil }
        self.context = context
        self.detail = detail
    }

    private static func detail(_ data: JSON) -> JSON {
        if case .object = data { data } else { ["data": data] }
    }

    private static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return true }
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return type == "application/json" || type == "text/json" || type.hasSuffix("+json")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
}
