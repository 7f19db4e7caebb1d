import Core

/// How lists become fields of a form.
///
/// Source: Step Functions developer guide, "Call HTTPS APIs", `RequestEncodingOptions`.
enum FormEncoding: String, Sendable {
    case indices = "INDICES"
    case repeated = "REPEAT"
    case commas = "COMMAS"
    case brackets = "BRACKETS"

    /// The form of an object; what lies deeper goes into brackets.
    func text(of json: JSON) -> String {
        var fields: [String] = []
        for member in json.object?.members ?? [] { add(member.value, as: Self.escaped(member.key), to: &fields) }
        return fields.joined(separator: "&")
    }

    private func add(_ json: JSON, as name: String, to fields: inout [String]) {
        switch json {
        case .object(let object):
            for member in object.members { add(member.value, as: "\(name)[\(Self.escaped(member.key))]", to: &fields) }
        case .array(let elements) where self == .commas:
            fields.append(name + "=" + elements.map { Self.escaped($0.string ?? $0.text) }.joined(separator: ","))
        case .array(let elements):
            for (place, element) in elements.enumerated() {
                let suffix = self == .indices ? "[\(place)]" : self == .brackets ? "[]" : ""
                add(element, as: name + suffix, to: &fields)
            }
        default: fields.append("\(name)=\(Self.escaped(json.string ?? (json.isNull ? "" : json.text)))")
        }
    }

    /// Text as a field of a form or of a query may have it (RFC 3986 section 2.3).
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                escaped += byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return escaped
    }
}
