import Core

/// Reads values out of JSON as a model's shapes ask for.
struct JSONBinding {
    let shapes: ShapeTable
    var form = JSONForm.wire

    /// Reads a value; `null` stays `null`.
    func value(_ json: JSON, as member: Member) throws(Malformed) -> WireValue {
        let shape = shapes[member]
        if json.isNull { return .null }
        if member.isJSONText { return form == .sdk && json.string == nil ? WireValue(json) : try jsonText(json) }
        switch shape.kind {
        case .document: return WireValue(json)
        case .structure: return try structure(json, members: shape.members)
        case .list: return try list(json, of: shape)
        case .map: return try map(json, of: shape)
        case .string where form == .sdk && json.string == nil: return .string(json.text)
        case .string: return .string(try string(json))
        case .blob where form == .sdk: return .blob(json.string.map { Array($0.utf8) } ?? json.serialized)
        case .blob: return .blob(try ScalarText.blob(try string(json)))
        case .boolean:
            guard let flag = json.bool else { throw mismatch(json, "a Boolean") }
            return .bool(flag)
        case .integer, .long:
            guard let number = json.integer else { throw mismatch(json, "an Integer") }
            return .integer(try ScalarText.fits(number, shape))
        case .double: return .double(try double(json))
        case .timestamp: return .timestamp(try timestamp(json))
        }
    }

    /// Reads the members of a structure; what the model does not know and what is `null` is left out.
    func structure(_ json: JSON, members: [Member]) throws(Malformed) -> WireValue {
        guard let object = json.object else { throw mismatch(json, "a Structure") }
        var fields = WireFields()
        for member in members {
            guard let content = object[form.name(of: member)], !content.isNull else { continue }
            fields[member.name] = try value(content, as: member)
        }
        if form == .sdk {
            let names = Set(members.map(form.name))
            if let stranger = object.members.first(where: { !names.contains($0.key) }) {
                throw Malformed("There is no parameter \(stranger.key.prefix(128))")
            }
        }
        return .structure(fields)
    }

    private func list(_ json: JSON, of shape: Shape) throws(Malformed) -> WireValue {
        guard let elements = json.array else { throw mismatch(json, "a List") }
        guard let element = shape.element else { return .list([]) }
        var values: [WireValue] = []
        values.reserveCapacity(elements.count)
        for content in elements { values.append(try value(content, as: element)) }
        return .list(values)
    }

    private func map(_ json: JSON, of shape: Shape) throws(Malformed) -> WireValue {
        guard let object = json.object else { throw mismatch(json, "a Map") }
        guard let element = shape.value else { return .structure(WireFields()) }
        var fields = WireFields()
        for entry in object.members { fields[entry.key] = try value(entry.value, as: element) }
        return .structure(fields)
    }

    private func jsonText(_ json: JSON) throws(Malformed) -> WireValue {
        do { return WireValue(try JSON(parsing: try string(json))) } catch is JSONError {
            throw Malformed("Text that should be JSON is not")
        } catch { throw mismatch(json, "a String") }
    }

    private func string(_ json: JSON) throws(Malformed) -> String {
        guard let text = json.string else { throw mismatch(json, "a String") }
        return text
    }

    private func double(_ json: JSON) throws(Malformed) -> Double {
        if let named = json.string.flatMap(ScalarText.namedDouble) { return named }
        guard let number = json.double, number.isFinite else { throw mismatch(json, "a Double") }
        return number
    }

    private func timestamp(_ json: JSON) throws(Malformed) -> Double {
        switch json {
        case .number(let number): try ScalarText.timestamp(number.text)
        case .string(let text): try ScalarText.timestamp(text)
        default: throw mismatch(json, "a Timestamp")
        }
    }

    private func mismatch(_ json: JSON, _ expected: String) -> Malformed {
        let found =
            switch json {
            case .null: "NULL_VALUE"
            case .bool(let flag): flag ? "TRUE_VALUE" : "FALSE_VALUE"
            case .number: "NUMBER_VALUE"
            case .string: "STRING_VALUE"
            case .array: "START_ARRAY"
            case .object: "START_OBJECT"
            }
        return Malformed("\(found) can not be converted to \(expected)")
    }
}
