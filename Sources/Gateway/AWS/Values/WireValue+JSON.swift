import Core

extension WireValue {
    /// Takes JSON as it is: what a document type carries.
    package init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .number(let number): self = number.integer.map(WireValue.integer) ?? .double(number.double)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .list(elements.map { WireValue($0) })
        case .object(let members):
            self = .structure(WireFields(members.members.map { ($0.key, WireValue($0.value)) }))
        }
    }

    /// The JSON of a value that no model describes; blobs become base64.
    package var json: JSON {
        switch self {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer(let number): .number(JSONNumber(number))
        case .double(let number), .timestamp(let number): JSONNumber(number).map(JSON.number) ?? .null
        case .string(let text): .string(text)
        case .blob(let bytes): .string(Base64.encode(bytes))
        case .list(let elements): .array(elements.map(\.json))
        case .structure(let fields): .object(JSONObject(fields.members.map { ($0.name, $0.value.json) }))
        }
    }
}
