import Core

/// What a key of the request's circumstances has for a value.
package enum ContextValue: Hashable, Sendable {
    case text(String)
    /// Of a key that may have several values at once, such as `aws:TagKeys`.
    case texts([String])
    case flag(Bool)
    case number(Int64)
    case instant(Instant)
    case bytes([UInt8])

    /// Whether there is no value: a list of none.
    var isAbsent: Bool { if case .texts(let texts) = self { texts.isEmpty } else { false } }

    /// The value as text where there is exactly one by the key's nature: what a variable is replaced with.
    var single: String? {
        switch self {
        case .text(let text): text
        case .texts: nil
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): String(number)
        case .instant(let instant): instant.iso8601
        case .bytes(let bytes): Base64.encode(bytes)
        }
    }
}
