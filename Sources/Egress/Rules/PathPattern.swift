/// Which paths a rule is about: `/v1/items`, with `*` for one whole segment and a last `**` for whatever follows.
package struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    private let segments: [Segment]

    private enum Segment: Hashable, Sendable {
        case text(String)
        case any
        case rest
    }

    /// Parses a pattern; what is not a star must be a path in canonical form already.
    package init(_ text: String) throws(EgressRuleError) {
        description = text
        var segments: [Segment] = []
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in zip(parts.indices, parts) {
            switch part {
            case "*": segments.append(.any)
            case "**" where index == parts.endIndex - 1: segments.append(.rest)
            case _ where part.contains("*"): throw .badPath(text)
            default: segments.append(.text(String(part)))
            }
        }
        self.segments = segments
        // What no canonical path can look like would never match, which the operator should hear now.
        let plain = text.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0 == "*" || $0 == "**" ? "x" : $0 }.joined(separator: "/")
        guard let path = try? CanonicalPath(plain), path.text == plain else { throw .badPath(text) }
    }

    /// Whether a path is one of them.
    package func matches(_ path: CanonicalPath) -> Bool {
        let slash = UInt8(ascii: "/")
        var rest = path.text.utf8.dropFirst()
        for (index, segment) in segments.enumerated() {
            let part = rest.prefix { $0 != slash }
            switch segment {
            case .text(let text): guard part.elementsEqual(text.utf8) else { return false }
            case .any: guard !part.isEmpty else { return false }
            case .rest: return true
            }
            rest = rest[part.endIndex...]
            guard index < segments.count - 1 else { return rest.isEmpty }
            guard rest.popFirst() == slash else { return false }
        }
        return false
    }
}
