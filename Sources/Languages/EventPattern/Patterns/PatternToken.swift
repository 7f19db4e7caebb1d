/// A piece of the JSON text of a pattern.
enum PatternToken: Hashable, Sendable {
    case objectStart
    case objectEnd
    case arrayStart
    case arrayEnd
    case name([UInt8])
    case string([UInt8])
    /// As it is written.
    case number([UInt8])
    /// `true`, `false` or `null`.
    case literal([UInt8])
    case end

    /// What an error says of it.
    var text: String {
        switch self {
        case .objectStart: "{"
        case .objectEnd: "}"
        case .arrayStart: "["
        case .arrayEnd: "]"
        case .name(let bytes), .string(let bytes), .number(let bytes), .literal(let bytes):
            String(decoding: bytes, as: UTF8.self)
        case .end: ""
        }
    }
}
