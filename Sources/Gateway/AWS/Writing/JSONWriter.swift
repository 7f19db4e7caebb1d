import Core

/// Writes values as JSON as a model's shapes ask for.
struct JSONWriter {
    let shapes: ShapeTable
    var form = JSONForm.wire

    /// Writes a value; `nil` where there is nothing to write or a handler gave what the shape cannot have.
    func json(_ value: WireValue, as member: Member) -> JSON? {
        let shape = shapes[member]
        if member.isJSONText { return .string(value.json.text) }
        switch (shape.kind, value) {
        case (_, .null): return nil
        case (.document, _): return value.json
        case (.structure, .structure): return structure(value, members: shape.members)
        case (.list, .list(let elements)): return .array(list(elements, of: shape.element))
        case (.map, .structure(let fields)): return map(fields, of: shape.value)
        case (.boolean, .bool(let flag)): return .bool(flag)
        case (.integer, .integer(let number)), (.long, .integer(let number)): return .number(JSONNumber(number))
        case (.double, _): return value.double.map(Self.number)
        case (.timestamp, _) where form == .sdk:
            return value.seconds.map { .string(Timestamp.text($0, as: .iso8601)) }
        case (.timestamp, _): return value.seconds.map { Self.timestamp($0, as: member.timestampFormat) }
        case (.blob, .blob(let bytes)) where form == .sdk:
            return .string(String(validating: bytes, as: UTF8.self) ?? Base64.encode(bytes))
        case (.blob, .string(let text)) where form == .sdk: return .string(text)
        case (.string, .string), (.blob, .string), (.blob, .blob):
            return ScalarText.text(value, as: member, shape, times: .unixTimestamp).map(JSON.string)
        default:
            assertionFailure("\(member.name) is a \(shape.kind), not \(value)")
            return nil
        }
    }

    /// Writes those members of a structure that the model knows and the value has.
    func structure(_ value: WireValue, members: [Member]) -> JSON {
        var object = JSONObject()
        for member in members {
            guard let content = value[member.name], let json = json(content, as: member) else { continue }
            object[form.name(of: member)] = json
        }
        return .object(object)
    }

    private func list(_ elements: [WireValue], of element: Member?) -> [JSON] {
        guard let element else { return [] }
        return elements.map { json($0, as: element) ?? .null }
    }

    private func map(_ fields: WireFields, of element: Member?) -> JSON {
        guard let element else { return .object(JSONObject()) }
        return .object(JSONObject(fields.members.map { ($0.name, json($0.value, as: element) ?? .null) }))
    }

    private static func number(_ number: Double) -> JSON {
        JSONNumber(number).map(JSON.number) ?? .string(ScalarText.doubleText(number))
    }

    private static func timestamp(_ seconds: Double, as format: TimestampFormat?) -> JSON {
        guard let format, format != .unixTimestamp else {
            let milliseconds = (seconds * 1000).rounded()
            // Clients may count the bytes, as Step Functions does in what it tells of its tasks: so as AWS writes them.
            guard abs(seconds) >= 1e7, let whole = Int64(exactly: milliseconds) else {
                return number(milliseconds / 1000)
            }
            return .number(JSONNumber(whole, tensExponent: -3))
        }
        return .string(Timestamp.text(seconds, as: format))
    }
}
