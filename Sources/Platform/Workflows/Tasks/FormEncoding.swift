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
        for member in json.object?.members ?? [] {
            add(member.value, as: DestinationRequest.encoded(member.key), to: &fields)
        }
        return fields.joined(separator: "&")
    }

    private func add(_ json: JSON, as name: String, to fields: inout [String]) {
        switch json {
        case .object(let object):
            for member in object.members {
                add(member.value, as: "\(name)[\(DestinationRequest.encoded(member.key))]", to: &fields)
            }
        case .array(let elements) where self == .commas:
            fields.append(
                name + "=" + elements.map { DestinationRequest.encoded($0.string ?? $0.text) }.joined(separator: ","))
        case .array(let elements):
            for (place, element) in elements.enumerated() {
                let suffix = self == .indices ? "[\(place)]" : self == .brackets ? "[]" : ""
                add(element, as: name + suffix, to: &fields)
            }
        default: fields.append("\(name)=\(DestinationRequest.encoded(json.string ?? (json.isNull ? "" : json.text)))")
        }
    }
}
