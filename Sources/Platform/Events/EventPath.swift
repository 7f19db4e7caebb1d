import Core

/// A place in an event: `$`, `$.detail.items[0].id` or `$['detail']['a.b']`.
///
/// The part of JSONPath that EventBridge takes for inputs of targets: names and numbers, no wildcards and no filters.
/// Source: EventBridge user guide, "Input transformation".
package struct EventPath: Hashable, Sendable {
    /// Bytes of a path.
    package static let lengthLimit = 256

    private enum Step: Hashable, Sendable {
        case member(String)
        case element(Int)
    }

    package let text: String
    private let steps: [Step]

    /// Reads a path; `nil` for what is none.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.lengthLimit, text.hasPrefix("$") else { return nil }
        var steps: [Step] = []
        var rest = text.dropFirst()
        while let first = rest.popFirst() {
            switch first {
            case ".":
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty, !name.contains(where: { "]*?()'\" ".contains($0) }) else { return nil }
                steps.append(.member(String(name)))
                rest = rest.dropFirst(name.count)
            case "[":
                guard let end = rest.firstIndex(of: "]"), let step = Self.bracketed(rest[..<end]) else { return nil }
                steps.append(step)
                rest = rest[rest.index(after: end)...]
            default: return nil
            }
        }
        self.text = text
        self.steps = steps
    }

    private static func bracketed(_ text: Substring) -> Step? {
        if let quote = text.first, quote == "'" || quote == "\"" {
            guard text.count > 2, text.last == quote else { return nil }
            let name = text.dropFirst().dropLast()
            return name.contains(quote) ? nil : .member(String(name))
        }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
            return nil
        }
        return .element(number)
    }

    /// What lies there; `nil` where nothing does.
    package func value(in event: JSON) -> JSON? {
        var value = event
        for step in steps {
            switch step {
            case .member(let name):
                guard let next = value[name] else { return nil }
                value = next
            case .element(let number):
                guard let elements = value.array, elements.indices.contains(number) else { return nil }
                value = elements[number]
            }
        }
        return value
    }
}

extension EventPath: RawRepresentable, Codable {
    package var rawValue: String { text }

    package init?(rawValue: String) { self.init(rawValue) }
}
