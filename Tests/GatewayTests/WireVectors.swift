import Core
import TestSupport

@testable import Gateway

/// One public protocol case: an operation with its model, and a request or a response.
struct WireVector {
    let file: String
    let id: String
    let model: ServiceModel
    let operation: OperationModel
    let shapesJSON: JSONObject
    let json: JSON

    /// The cases of one file of the suite; none where the suite is absent.
    static func all(in file: String) throws -> [WireVector] {
        let path = "aws-wire/protocols/\(file)"
        guard Suites.has(path) else { return [] }
        let suites = try JSON(parsing: Suites.bytes(path)).array ?? []
        return suites.flatMap { suite in
            (suite["cases"]?.array ?? []).enumerated().compactMap { position, json in
                vector(file, suite, json, position)
            }
        }
    }

    private static func vector(_ file: String, _ suite: JSON, _ json: JSON, _ position: Int) -> WireVector? {
        guard let given = json["given"], let name = given["name"]?.string else { return nil }
        let model = ServiceModel([
            "metadata": suite["metadata"] ?? [:], "shapes": suite["shapes"] ?? [:],
            "operations": .object(JSONObject([(name, given)])),
        ])
        guard let operation = model.operations[name] else { return nil }
        let id = json["id"]?.string ?? "\(suite["description"]?.string ?? ""), case \(position)"
        return WireVector(
            file: file, id: id, model: model, operation: operation, shapesJSON: suite["shapes"]?.object ?? JSONObject(),
            json: json)
    }

    /// The response of an output case.
    var response: WireResponse {
        var headers = WireHeaders()
        for header in json["response"]?["headers"]?.object?.members ?? [] {
            headers.append(header.key, header.value.string ?? "")
        }
        return WireResponse(
            status: json["response"]?["status_code"]?.integer.map { Int($0) } ?? 200, headers: headers,
            body: Array((json["response"]?["body"]?.string ?? "").utf8))
    }

    /// Whether a response of ours has the case's body, but for the order of members, and its headers.
    ///
    /// It need not: cases about what clients forgive have bodies that no server of ours would write, such as times
    /// with an offset, codes with a namespace, unknown members, and empty bodies for empty structures.
    func isIdentical(_ ours: WireResponse) -> Bool {
        let theirs = response
        let headers = theirs.headers.fields.allSatisfy { header in
            ours.headers[header.name]?.split(separator: ";").first == header.value.split(separator: ";").first
        }
        guard headers else { return false }
        if ours.body == theirs.body { return true }
        if let left = try? JSON(parsing: ours.body), let right = try? JSON(parsing: theirs.body) {
            return left == right
        }
        guard let left = try? XMLReader.root(of: ours.body), let right = try? XMLReader.root(of: theirs.body) else {
            return false
        }
        return Self.canonical(left).children == Self.canonical(right).children
    }

    /// An element without the space between its children, the request's id, and with its children in order.
    private static func canonical(_ node: XMLNode) -> XMLNode {
        var result = XMLNode(name: node.name)
        result.children = node.children.filter { !["RequestId", "ResponseMetadata"].contains($0.name) }
            .map(canonical).sorted { $0.name < $1.name }
        if node.children.isEmpty { result.text = node.text }
        return result
    }

    /// The serialized request of an input case.
    var request: WireRequest {
        let serialized = json["serialized"]
        let target = (serialized?["uri"]?.string ?? "/").split(separator: "?", maxSplits: 1)
        var headers = WireHeaders()
        for header in serialized?["headers"]?.object?.members ?? [] {
            headers.append(header.key, header.value.string ?? "")
        }
        // Cases list only the headers they are about.
        if case .json = model.identity.wireProtocol, headers["x-amz-target"] == nil {
            headers.append("X-Amz-Target", "Prefix.\(operation.name)")
        }
        return WireRequest(
            method: serialized?["method"]?.string ?? operation.method, rawPath: target.first.map(String.init) ?? "/",
            rawQuery: target.count > 1 ? String(target[1]) : "", headers: headers,
            body: Array((serialized?["body"]?.string ?? "").utf8))
    }
}

/// Turns the parsed form that a case gives into typed values, and makes values comparable.
struct WireExpectation {
    let shapes: ShapeTable

    /// Reads a case's parameters or result: blobs are plain text and times are numbers there.
    func value(_ json: JSON, as member: Member) -> WireValue {
        let shape = shapes[member]
        if json.isNull { return .null }
        if member.isJSONText { return WireValue(json.string.flatMap { try? JSON(parsing: $0) } ?? json) }
        switch (shape.kind, json) {
        case (.structure, .object(let object)):
            return .structure(
                WireFields(
                    shape.members.compactMap { member in
                        object[member.name].map { (member.name, value($0, as: member)) }
                    }))
        case (.list, .array(let elements)):
            return .list(elements.map { element in shape.element.map { value(element, as: $0) } ?? .null })
        case (.map, .object(let object)):
            return .structure(
                WireFields(
                    object.members.map { entry in
                        (entry.key, shape.value.map { value(entry.value, as: $0) } ?? .null)
                    }))
        case (.blob, .string(let text)): return .blob(Array(text.utf8))
        case (.timestamp, .number(let number)): return .timestamp(number.double)
        case (.double, .number(let number)): return .double(number.double)
        case (.double, .string(let text)): return .double(ScalarText.namedDouble(text) ?? .nan)
        default: return WireValue(json)
        }
    }

    /// Makes equal what no protocol tells apart: not-a-numbers, and members that are `null` or absent.
    ///
    /// With `emptyIsAbsent`, empty lists, maps and texts go too: forms, headers and XML have no way to say them.
    static func normalized(_ value: WireValue, emptyIsAbsent: Bool) -> WireValue {
        switch value {
        case .double(let number) where number.isNaN: return .string("NaN")
        case .double(let number): return .string(ScalarText.doubleText(number))
        case .list(let elements): return .list(elements.map { normalized($0, emptyIsAbsent: emptyIsAbsent) })
        case .structure(let fields):
            let members = fields.members.map { ($0.name, normalized($0.value, emptyIsAbsent: emptyIsAbsent)) }
            return .structure(WireFields(members.filter { $0.1 != .null && !(emptyIsAbsent && isEmpty($0.1)) }))
        default: return value
        }
    }

    private static func isEmpty(_ value: WireValue) -> Bool {
        switch value {
        case .list(let elements): elements.isEmpty
        case .structure(let fields): fields.isEmpty
        case .string(let text): text.isEmpty
        case .blob(let bytes): bytes.isEmpty
        default: false
        }
    }
}
